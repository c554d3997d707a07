"""Ended instances outside of the store: in Parquet files, with an index that is read as the store is."""
