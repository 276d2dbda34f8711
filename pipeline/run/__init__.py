"""How work is spread and kept: killable workers, the store of results between runs, and the main job.

cleaning  the main job, top to bottom
days      the days of a corpus, each cleaned alone and published together with those that it changes
written   what a published folder was written from
workers   pages to worker processes, with deadline and limit of memory
work      what a worker makes of a page beside its result
repeats   what repeats among the documents of a run, and against earlier ones
store     results by key, so that a second run does only what changed
codec     results as bytes and back
"""
