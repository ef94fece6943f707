"""The doors; the only room that knows Chalice and Powertools. A view is: parse -> one call -> reply."""
