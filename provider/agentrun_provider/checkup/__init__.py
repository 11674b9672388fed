"""Checks of `doctor`: whether everything that deployments and commands need is in order.

Checks ask and never change anything. Each gives findings, also about its own failure.
"""
