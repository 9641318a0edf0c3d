"""Finding, fetching and reviewing links between our things and those of other knowledge bases."""
