"""What a person asks for, in `sources.toml`.

model      the settings, and their documentation
file       reading the file: every mistake with its line
values     how single values are read
command    what `thresher sources` says
"""
