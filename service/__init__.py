"""The doors: SPARQL endpoint, pages, advice and the command line."""
