"""The paper's first experiment, from specs alone: do deeper networks train worse, without shortcuts and with them?"""
