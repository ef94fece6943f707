"""The one logger: structured lines, never a body, a number or a name."""

from aws_lambda_powertools import Logger

log = Logger(service="oso-uitwisseldienst", log_uncaught_exceptions=False)
