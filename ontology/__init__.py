"""What kinds of things there are: the OWL ontology, its shapes and alignments, and the code that checks them."""
