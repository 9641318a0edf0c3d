"""Being found by others: the reconciliation service, and the look-up of many terms at once."""
