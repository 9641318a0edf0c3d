"""What kinds of things there are: OWL ontology, shapes and alignments, and the code that checks them."""
