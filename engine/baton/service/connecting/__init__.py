"""Events for other systems, and from them: what is sent to which sink, how far it is, and what could not be."""
