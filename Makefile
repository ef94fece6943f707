# Every target works from nothing: it first makes or completes its environment from the hashed pins. That takes
# milliseconds when nothing changed.
PYTHON ?= python3
RUN = $(PYTHON) -m infra.venv .venv requirements.txt && .venv/bin/python -m
DEV = $(PYTHON) -m infra.venv .venv requirements-dev.txt && .venv/bin/python -m
PEERS = $(PYTHON) -m infra.venv .venv-bench requirements-bench.txt && .venv-bench/bin/python -m

.PHONY: help demo run token exchange bulk swarm soak leaks openapi test check generated faults history fuzz mutants guards bench pages package deploy smoke scan doctor audit doctor-faults pins clean

help:       ## this list
	@grep -E '^[a-z-]+: +##' Makefile | sed 's/: *## */\t/' | expand -t 12
	@echo 'The wire is not verified against the Kennisnet WSDL: many shapes are inferred (README).'
demo:       ## the main job, from nothing: two schools exchange a dossier; results in demo-out/
	@$(RUN) infra.local.demo
run:        ## the sandbox, kept up; its state stays in var/run
	@$(RUN) infra.local.run
token:      ## [SCHOOL=14SS00] [ROL=administratie]: a token for the sandbox of `make run`
	@$(RUN) infra.local.token $(or $(SCHOOL),14SS00) $(or $(ROL),administratie)
exchange:   ## FILES='a.xml b.xml' [KLOK=2019-05-01]: exchange OSO files as they are
	@$(RUN) infra.local.exchange $(if $(KLOK),--klok=$(KLOK)) $(FILES)
bulk:       ## [N=1000] [WORKERS=2] [DUPLICATE=1] [POISON=1] [KILL=1]: a school binnen brin in one order
	@$(RUN) infra.local.bulk $(foreach v,N WORKERS DUPLICATE POISON KILL,$(if $($(v)),$(v)=$($(v))))
swarm:      ## [VRAGEN=1000] [DOSSIERS=50] [SCHOLEN=10]: many schools ask for few dossiers, all at once
	@$(RUN) infra.local.swarm $(foreach v,VRAGEN DOSSIERS SCHOLEN TEGELIJK,$(if $($(v)),$(v)=$($(v))))
soak:       ## [MINUTES=10]: mixed traffic as fast as the machine holds: rate, p50 p95 p99, errors, memory, queues
	@$(RUN) infra.local.soak $(if $(MINUTES),MINUTES=$(MINUTES))
leaks:      ## search logs, keys, urls and queues of a run for personal data; PLANT=1 must fail
	@$(RUN) infra.local.leaks $(if $(PLANT),--plant)
openapi:    ## the API document, in build/openapi.json
	@mkdir -p build && $(RUN) chalicelib.web.openapi > build/openapi.json
test:       ## all tests, on two cores; ARGS='-k stack' goes to pytest, which then uses one
	@$(DEV) pytest $(or $(ARGS),-n 2 --dist loadfile --no-loadscope-reorder)
check:      ## format, ruff, mypy, import contracts, CloudFormation, OpenAPI
	@$(DEV) infra.check
generated:  ## [N=500] [SEED=7]: arbitrary valid dossiers, and what becomes of them
	@$(DEV) tests.property.generated $(if $(N),N=$(N)) $(if $(SEED),SEED=$(SEED))
faults:     ## [FLOW=ask] [N=100] [SEED=7]: every call of every flow goes wrong in every way; all is well after
	@$(DEV) tests.faults $(foreach v,FLOW N SEED,$(if $($(v)),$(v)=$($(v))))
history:    ## [RUNS=20] [ACTS=12] [SEED=7]: everybody at once on one dossier; some order must explain every answer
	@$(DEV) tests.history $(foreach v,RUNS ACTS SEED,$(if $($(v)),$(v)=$($(v))))
fuzz:       ## [N=100000] [TARGET=soap] [SEED=1]: hostile input to every door and reader, no fault, hang or growth
	@$(DEV) tests.fuzz $(foreach v,N TARGET SEED KEEP,$(if $($(v)),$(v)=$($(v))))
mutants:    ## [PART=domain] [N=300] [SEED=1]: break rules and messages in one place each: some test must turn red
	@$(DEV) tests.mutants $(foreach v,PART N SEED ONLY,$(if $($(v)),$(v)=$($(v))))
guards:     ## switch off every business rule in turn: its test must turn red
	@$(DEV) tests.guards
bench:      ## [GOALS='p1 p2'] [STRICT=1]: the performance goals, as ratios to peers of the same run; what is missed
	@$(PEERS) tests.bench $(GOALS) $(if $(STRICT),--strict)
pages:      ## [FILES='a.pdf']: every page of the PDFs as a picture, in build/pages/
	@$(DEV) tests.pages $(FILES)
package:    ## [STAGE=dev]: the deployable templates and zips of both doors, in build/
	@$(DEV) infra.package $(or $(STAGE),dev)
deploy:     ## [STAGE=dev] [TRUSTSTORE=a.pem] [RELEASE=id]: what `make package` built, or an earlier release, to AWS
	@$(DEV) infra.deploy $(or $(STAGE),dev) $(if $(TRUSTSTORE),--truststore $(TRUSTSTORE)) $(if $(RELEASE),--release $(RELEASE))
smoke:      ## [STAGE=dev]: does what was deployed work? recorded events to the functions, nothing changes
	@$(DEV) infra.smoke $(or $(STAGE),dev)
scan:       ## a policy scan of the templates and of what `make package` would deploy
	@$(DEV) infra.scan
doctor:     ## [STAGE=dev] [BRIN=14SS] [BUNDEL=x.zip]: is that installation, or the one the environment names, well?
	@$(RUN) infra.doctor $(BRIN) $(if $(BUNDEL),--bundel $(BUNDEL)) $(if $(STAGE),--stage $(STAGE))
audit:      ## [STAGE=dev]: is its mutatielog what was signed every night?
	@$(RUN) infra.audit verify $(if $(STAGE),--stage $(STAGE))
doctor-faults: ## plant faults in an embedded AWS: the doctor must find and name each
	@$(RUN) infra.local.doctor_faults
pins:       ## write the requirements again from their .in files
	@$(PYTHON) -m infra.pins
clean:      ## remove what the targets made
	@rm -rf .venv* build demo-out var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
