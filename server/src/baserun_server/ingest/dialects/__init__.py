"""One file a convention of the wire, each with `recognises` and `read`."""
