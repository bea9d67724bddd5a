"""What all addresses share: who may ask, bounds, parameters, faults; and the pages behind every other address."""
