"""What requests and answers look like: pydantic models, each written once, for checking and for the description."""
