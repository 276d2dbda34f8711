"""Labelled pages -> weights with a birth certificate. Nothing here runs when cleaning.

labels    pages and their gold text -> which blocks are content
tokens    the first stage: a linear model over tokens
network   the second stage: small networks over features
fitting   both stages, cross-validation by registered domain, the weights file and its certificate
"""
