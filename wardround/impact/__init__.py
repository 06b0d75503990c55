"""What the hospital's items do to each other when they fail: the model that the engine computes on,
made from items, their relations and their formulas, and what it says of every service now.

    modelling, wiring, circles, groups, refining   the model; held, held_formulas: kept in step
    live, queries, cause_queries, words            the failures of now
    matrix*, why_queries, day*, ranking*, change*  the matrix, why, its days, what it ranks
    formula*, doubting                             on what terms an item is up
    parts, tree*, fault_tree, figure*, cut*, heavy fault trees, cut sets, and their figures
    taking_out, what_if*, scenario*                what if, and what is asked again

It must never judge by anything but that engine: there is one evaluator, in `dependability`.
"""
