# Every target works from nothing: it first makes or completes .venv from the hashed pins (milliseconds when nothing changed).
PYTHON ?= python3
RUN = $(PYTHON) -m infra.venv .venv requirements.txt && .venv/bin/python -m
DEV = $(PYTHON) -m infra.venv .venv requirements-dev.txt && .venv/bin/python -m

.PHONY: demo run token test check bench generated guards exchange leaks openapi pages package pins clean

demo:       ## the main job, from nothing: two schools exchange a dossier
	@$(RUN) infra.local.demo
run:        ## the sandbox, kept up
	@$(RUN) infra.local.run
token:      ## SCHOOL=14SS00 ROL=administratie: a token for the sandbox of `make run`
	@$(RUN) infra.local.token $(or $(SCHOOL),14SS00) $(or $(ROL),administratie)
exchange:   ## FILES='a.xml b.xml' [KLOK=2019-05-01]: exchange OSO files as they are
	@$(RUN) infra.local.exchange $(if $(KLOK),--klok=$(KLOK)) $(FILES)
leaks:      ## search the logs, keys, urls and queues of a run for personal data; PLANT=1 must fail
	@$(RUN) infra.local.leaks $(if $(PLANT),--plant)
openapi:    ## the API document, in build/openapi.json
	@mkdir -p build && $(RUN) chalicelib.web.openapi > build/openapi.json
test:       ## all tests; ARGS goes to pytest
	@$(DEV) pytest $(ARGS)
check:      ## format, ruff, mypy, import contracts, CloudFormation, OpenAPI
	@$(DEV) infra.check
generated:  ## dossiers made from the standard, one fault each
	@$(DEV) pytest -s tests/property $(ARGS)
guards:     ## route x role x school x token
	@$(DEV) pytest -s tests/e2e/test_guards.py $(ARGS)
bench:      ## the performance goals as ratios
	@$(DEV) tests.bench
pages:      ## pages of the example PDFs as text
	@$(DEV) infra.pages
pins:       ## write the requirements again from their .in files
	@$(PYTHON) -m infra.pins
clean:      ## remove what the targets made
	@rm -rf .venv .venv-ministack .venv-pins build demo-out var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
