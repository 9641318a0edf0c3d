"""In which language a text is, told by its commonest words; enough to say that it is not English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
ENGLISH: Final = "English"
# The commonest small words, without those that another of these languages has too; English against each.
_COMMON: Final[Mapping[str, str]] = {
    ENGLISH: (
        "the of and to is are was we our you that for with this have has not they their from how what which "
        "would should can could want need help teachers teacher school schools pupils digital each other my "
        "i it be on as at or but there who when more some all do does if about an so no"
    ),
    "Croatian": "je se na da su za nije ili koji kako smo što bi želimo naše naša učitelji škola škole nas",
    "Czech": "je se na že jsou pro není nebo který jak jsme co by chceme naše učitelé škola školy aby jsem",
    "Danish": "er og på ikke vi vores til af som med hvordan skal vil lærere skolen jeg også det",
    "Dutch": "het een van en niet wij onze voor met zijn hoe willen leraren wordt naar ook maar dat op de",
    "Estonian": "ja on ei me meie et kuidas õpetajad kool koolis tahame soovime mis ka oma oleme kooli",
    "Finnish": "ja on ei me että miten opettajat koulu haluamme mutta kun myös meidän ovat mitä koulun",
    "French": "le les des et est nous notre nos une dans pour avec pas que qui sur au aux ce sont comment",
    "German": "der die das und ist nicht wir unsere unser eine für mit auf den dem ein zu wie sich von",
    "Hungarian": "a az és nem hogy egy mi van iskola tanárok szeretnénk hogyan vagy meg is diákok nekünk",
    "Italian": "il gli della di è non noi nostra nostri una per che con sono come scuola insegnanti vogliamo",
    "Lithuanian": "ir yra ne mes mūsų kad kaip mokytojai mokykla norime bet su mokyklos mokytojų iš mums",
    "Norwegian": "er og på ikke vi vår til av som med hvordan skal vil lærere skolen jeg også våre",
    "Polish": "jest się na nie my nasze nasza że jak dla czy szkoła nauczyciele chcemy oraz są co z w",
    "Portuguese": "o os da do é não nós nossa nossos uma para com que são como escola queremos em",
    "Spanish": "el los de la es no nosotros nuestra nuestros una para con que son cómo escuela queremos en y",
    "Swedish": "är och på inte vi vår till av som med hur ska vill lärare skolan jag också våra det",
    "Turkish": "ve bir bu için değil biz okul okulumuz öğretmenler nasıl istiyoruz ile da de mi çok var",
}
_WORDS: Final = {language: frozenset(words.split()) for language, words in _COMMON.items()}
# Common words of a language that a text must hold before we name it; one is enough for a sentence of this
# many words without a common English one.
_FEWEST: Final = 2
_SENTENCE: Final = 3


def foreign(text: str) -> str:
    """The language of a text that is not English, "another language" if it can't be named, "" otherwise.

    A text without any common word counts as English: a few key words are no sentence in any language.
    """
    words = [word.casefold() for word in _WORD.findall(text)]
    if not words:
        return ""
    if sum(not word.isascii() and not _latin(word) for word in words) > len(words) / 2:
        return "another language"
    hits = {language: sum(word in common for word in words) for language, common in _WORDS.items()}
    best = max(hits, key=lambda language: (hits[language], language == ENGLISH))
    fewest = _FEWEST if hits[ENGLISH] or len(words) < _SENTENCE else 1
    return best if hits[best] >= fewest and hits[best] > hits[ENGLISH] else ""


def _latin(word: str) -> bool:
    return all(ord(letter) < 0x250 for letter in word)
