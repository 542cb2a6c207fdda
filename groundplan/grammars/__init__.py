"""AWS's own grammars, each in exactly one file: for the inputs of modules and for the checks of a plan alike.

A file has a function that returns what is wrong with a value, as problems whose paths go into the value; no problem
when there is nothing. What only some services refuse is a warning. `by_attribute` says which attribute of which
resource has which grammar.
"""
