"""The definitions: packs of item types, attributes, relation kinds, forms and life cycles.

It knows how they are checked, stored in versions and compared, and the small safe expression
language they use. It must never know one concrete type; what is in a pack is data.
"""
