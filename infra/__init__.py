"""Everything around the service: what runs it, deploys it and checks it. Nothing here is in the deployed package."""
