"""Random processes, run at random: what `test_random_processes` is made of."""
