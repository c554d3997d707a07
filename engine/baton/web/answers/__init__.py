"""Records as the API shows them: the model of each beside the function that fills it."""
