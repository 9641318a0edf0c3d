"""What link discovery weighs, each number with its reason; scores and likenesses lie between 0 and 1."""

from __future__ import annotations

from typing import Final

from kb.linking.records import Kind, Sort

#: Ontologies. Below these scores a term stays without counterpart: a wrong equivalence does more harm than
#: a missing one.
LEAST: Final = {Sort.CLASS: 0.72, Sort.OBJECT_PROPERTY: 0.75, Sort.DATATYPE_PROPERTY: 0.75}
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
#: So shortened, names say little unless the domains match: "admissionDate" and "dateOfExam".
UNSUPPORTED: Final = 0.7
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
#: That two surroundings do not match speaks against only where one of them matches this well elsewhere.
SETTLED: Final = 0.75
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
#: Words of names in two languages count as cognates from this share of common letters on.
COGNATE: Final = 0.72
COGNATES: Final = 0.8
#: Two words are partners from this likeness on.
PARTNERS: Final = 0.75
#: A word that two records' names share tells much when this much weight is shared in all.
ENOUGH_SHARED: Final = 3.0
#: What is added for each feature, on the scale of log-odds, per kind. Fitted by logistic regression
#: (`python -m bench.link_weights`) on names taken out of half of ROR's, EuroVoc's and the UNESCO's records.
#: Five are set by hand, since such questions cannot show them: same name, web site, town, language, and that
#: two other names of concepts meet, which are often words for searching; and of concepts the same words
#: (fitted: 0.56), as other names of a concept are seldom its plural.
FEATURES: Final = {
    Kind.ORGANISATIONS: {
        "start": -7.94, "same words": 2.35, "words": 2.94, "letters": 2.92, "shared": 2.74, "acronym": -0.2,
        "left over": -0.74, "missing": 0.5, "heaviest left over": -0.22, "heaviest missing": -0.48,
        "kind": -0.53, "country": 0.33, "abroad": -7.99, "other country": -3.44, "number": -0.63,
        "place": 0.45, "other name": 0.35, "short": 1.28, "rare": 2.04, "contained": 0.95, "same name": 3.5,
        "web site": 6.0, "other place": -1.0, "language": 0.0, "two other names": 0.0,
    },
    Kind.CONCEPTS: {
        "start": -3.5, "same words": 1.5, "words": -1.42, "letters": 3.94, "shared": 4.7,
        "left over": -1.46, "missing": -1.47, "heaviest left over": -1.62, "heaviest missing": -1.51,
        "head": -0.55, "number": 0.22, "other name": -0.64, "short": 0.05, "rare": 0.55, "contained": 0.82,
        "same name": 3.5, "language": -2.0, "two other names": -6.0,
    },
}  # fmt: skip
BY_HAND: Final = frozenset(("same name", "web site", "other place", "language", "two other names"))
#: A word is rare that stands in the names of no more records than this.
RARE: Final = 2
#: Reasons that change the log-odds by less are left out.
WORTH_SAYING: Final = 0.05
#: How sure the best of several is, from its own log-odds and its lead over the next: start, share of its
#: own, per unit of lead up to MOST_LEAD. Fitted like the features.
SURE: Final = {
    Kind.ORGANISATIONS: (-0.63, 0.62, 0.46),
    Kind.CONCEPTS: (-0.78, 0.49, 0.6),
    Kind.PROJECTS: (-0.78, 0.49, 0.6),
}
MOST_LEAD: Final = 4.0
#: Below these scores a thing stays without counterpart. Organisations: where .95 of the names without one are
#: refused, on the half to develop on.
LEAST_OF_THING: Final = {Kind.CONCEPTS: 0.78, Kind.ORGANISATIONS: 0.68, Kind.PROJECTS: 0.78}
EXACT: Final = 0.95

#: Words of one record's names in two languages: how often they must meet, and how exclusively.
LEAST_MEETINGS: Final = 2
LEAST_TRANSLATION: Final = 0.2
