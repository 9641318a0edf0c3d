"""What link discovery weighs, each number with its reason; scores and likenesses lie between 0 and 1."""

from __future__ import annotations

from typing import Final

from kb.linking.records import Kind, Sort

#: Ontologies. Below these scores a term stays without counterpart: a wrong equivalence does more harm than
#: a missing one.
LEAST: Final = {Sort.CLASS: 0.75, Sort.OBJECT_PROPERTY: 0.75, Sort.DATATYPE_PROPERTY: 0.75}
#: Pairs with less alike names are not followed further.
WORTH_A_LOOK: Final = 0.5
#: The same words in another order or inflection: nearly as good as the same name.
SAME_WORDS: Final = 0.97
#: Two last words count as one above this likeness; the last word of an English name says what the thing is,
SAME_HEAD: Final = 0.9
#: so names that differ there are of different things more often than not.
OTHER_HEAD: Final = 0.6
#: Synonyms are nearly as good as the same word.
SYNONYM: Final = 0.95
#: Where both names have a word that the other lacks, they mean different kinds of the same; of properties,
#: one such word is enough (name, first name).
OTHER_WORDS: Final = 0.85
#: A name with more words before the same last one is usually narrower, but where both sides have only one
#: term with that last word, they mean it; all the more if one side repeats the other words.
ONLY_HEAD: Final = 0.8
ONLY_HEAD_COMMON: Final = 0.86
REPEATED: Final = 3
#: "Issued" and "issued by" may lead opposite ways.
OTHER_END: Final = 0.8
#: A property's name compared without the words of its domain and range.
SHORTENED: Final = 0.95
#: Better matches around make better matches; after a few rounds nothing changes any more.
ROUNDS: Final = 4
#: What stands around a class, relative to each other: what it is counts more than what it has.
ANCESTORS: Final = 1.0
CHILDREN: Final = 0.7
PROPERTIES: Final = 0.5
#: What stands around a property: what it is said of and what it leads to count alike.
DOMAIN: Final = 1.0
RANGE: Final = 1.0
INVERSE: Final = 0.5
#: How much surroundings may change a score: less for classes, whose names tell more.
CLASS_CONTEXT: Final = 0.3
PROPERTY_CONTEXT: Final = 0.5
#: The likeness of surroundings that speaks neither for nor against a match.
NEUTRAL: Final = 0.5
#: Of the same names, surroundings take away only this share of what they take from others: little for
#: classes; properties are often called alike and said of other things.
SURE_NAMES: Final = {Sort.CLASS: 0.3, Sort.OBJECT_PROPERTY: 0.7, Sort.DATATYPE_PROPERTY: 0.7}
#: Alike names without known surroundings stay a little below what they claim.
NOTHING_AROUND: Final = 0.92
#: A match one step above in either ontology still says much of the ends of a property.
PER_STEP: Final = 0.8
#: A property whose domain matches the other's range rather than its domain is its inverse, not its equal.
TURNED_BY: Final = 0.3
TURNED: Final = 0.4

#: Things. Near neighbours by letters that are compared word by word, per name.
NEIGHBOURS: Final = 12
LEAST_NEAR: Final = 0.15
#: What is added for each feature, on the scale of log-odds; a pair starts well below even.
START: Final = {Kind.CONCEPTS: -9.0, Kind.ORGANISATIONS: -9.0, Kind.PROJECTS: -9.0}
SAME_NAME: Final = 3.0
SAME_WORDS_OF_THING: Final = 2.0
WORDS: Final = 7.0
LETTERS: Final = 4.0
ACRONYM: Final = 6.0
OTHER_NAME: Final = -0.3
#: A telling word that only one of both names has, times how telling it is.
ALONE: Final = -3.0
MISSING: Final = -1.5
OTHER_KIND: Final = -4.0
COUNTRY: Final = 1.0
ABROAD: Final = -5.0
WEB_SITE: Final = 6.0
PLACE: Final = 0.5
#: Below these scores, or closer than this to the next, a thing stays without counterpart.
LEAST_OF_THING: Final = {Kind.CONCEPTS: 0.5, Kind.ORGANISATIONS: 0.5, Kind.PROJECTS: 0.5}
MARGIN: Final = 0.02
EXACT: Final = 0.95
