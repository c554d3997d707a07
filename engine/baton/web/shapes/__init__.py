"""Records as the API shows them: the declared shape of each beside the function that fills it."""
