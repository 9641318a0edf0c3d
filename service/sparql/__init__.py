"""The SPARQL service: gate, killable query workers, protocol."""
