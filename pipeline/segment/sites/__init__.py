"""Rules that people wrote for single sites: ours, those of a sources file, and folders in the notation of others."""
