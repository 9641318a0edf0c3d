"""Words of organisations' names in European languages told in English, so that two languages compare.

General knowledge, kept short: kinds of institutions, what they teach or do, and cities with a name of their
own in English. A word that is not here is compared as it is written.
"""

from __future__ import annotations

from functools import lru_cache

from kb.linking.names import FILLERS, stem, words

_WORDS = """
university: universitat universite universidad universita universidade universitet universitetet
 universitetas universiteit univerzita univerzitet sveuciliste egyetem uniwersytet yliopisto ulikool
 universitate univ panepistimio universiti universitatea unibertsitatea universitario universitaire
college: colegio collegio kolegium hogeschool hochschule fachhochschule hogskole hogskola hojskole
 ammattikorkeakoulu haute
school: schule ecole escuela scuola escola skole skola skolan koulu kool mokykla iskola skoly szkola
institute: institut instituto istituto instituut institutt institutet instytut ustav intezet instituts
academy: akademie academie academia accademia akademia akatemia akademi akademija akadeemia akademien
ministry: ministerium ministere ministerio ministero ministerie ministeriet ministerija ministarstvo
 ministeerium ministeriö ministerstvo miniszterium ministerstwo
hospital: krankenhaus hopital ospedale sykehus sjukhus sygehus sairaala haigla ligonine nemocnice korhaz
 szpital klinikum bolnica
clinic: klinik clinique clinica klinika
centre: center zentrum centro centrum keskus senter centras kozpont osrodek centar kpont
laboratory: laboratoire laboratorio labor laboratorium laboratoriet lab
foundation: stiftung fondation fundacion fondazione fundacao stiftelse stiftelsen saatio sihtasutus
 fondas alapitvany fundacja zaklada nadace fundacio
association: verein asociacion associazione associacao forening forbund yhdistys uhing asociacija
 egyesulet stowarzyszenie udruga verband vereniging associacio
society: gesellschaft societe sociedad societa sociedade selskab sallskap seura selts draugija tarsasag
 towarzystwo
agency: agentur agence agencia agenzia agentschap agentura ugynokseg agencja
council: rat conseil consejo consiglio conselho rad raad nogo neuvosto noukogu taryba tanacs rada
department: abteilung departement departamento dipartimento avdeling avdelning osasto osakond
 departamentas
faculty: fakultat faculte facultad facolta faculdade fakultet fakultetas fakulta kar tiedekunta
 teaduskond
library: bibliothek bibliotheque biblioteca bibliotek kirjasto raamatukogu biblioteka knihovna konyvtar
 knjiznica
museum: musee museo museu muzeum muziejus muuseum muzej
education: bildung erziehung formation educacion istruzione educacao utbildning utdanning koulutus
 haridus svietimo oktatas oktatasi edukacji obrazovanja vzdelavani onderwijs opetus enseignement
 educativa educazione
research: forschung recherche investigacion ricerca pesquisa investigacao forskning tutkimus teadus
 tyrimu kutatas kutato badan onderzoek istrazivanje vyzkum vyzkumny recerca
science: wissenschaft wissenschaften sciences ciencias scienze ciencia vitenskap vetenskap videnskab
 tiede tieteiden mokslu tudomanyos nauk znanosti ved wetenschap
applied: angewandte appliquees aplicadas applicate tillampad anvendt
technology: technologie tecnologia tecnologie teknologi teknologia tehnoloogia technologijos technologii
 teknik technik technique tecnologico tecnologica tehnologije
technical: technische technisch tecnica tecnico technicka teknisk tekniska teknillinen tehnika
 techniczny muszaki tehnicki technikos polytechnic polytechnique politecnico politecnica politechnika
national: nationale nationales nacional nazionale nasjonal nationell kansallinen riiklik nacionalinis
 nemzeti narodni narodowy nationaal nazionali statens state staatliche
european: europeo europea europeen europeenne europaische europeia europejski europeisk eurooppalainen
medical: medizinische medizin medecine medicina medicine medico medica medisch medicinos orvosi medyczny
 meditsiini
health: gesundheit sante salud salute saude helse halsa terveys tervise sveikatos egeszseg zdrowia
 zdravi gezondheid
agriculture: landwirtschaft agronomique agricola agraria agricultura agricole agrarian agrar landbruk
engineering: ingenierie ingenieria ingegneria engenharia mernoki
economics: wirtschaft economie economia okonomi ekonomi ekonomijos kozgazdasag ekonomiczny
art: kunst arte kunstide taide meno muveszeti sztuki umeni umjetnosti arts
music: musik musique musica musikk muusika zene muzyczna
culture: kultur cultura kulttuuri kultuuri kulturos kulturni
environment: umwelt environnement ambiente miljo ymparisto aplinkos kornyezet
history: geschichte histoire historia storia
teacher: lehrer enseignant docente larare laerer opettaja opetaja mokytoju tanar
vienna: wien vienne
munich: munchen
cologne: koln
prague: praha praze
warsaw: warszawa warszawski
lisbon: lisboa lisbonne
rome: roma
milan: milano
florence: firenze
turin: torino
venice: venezia
naples: napoli
genoa: genova
brussels: brussel bruxelles
antwerp: antwerpen anvers
ghent: gent gand
leuven: louvain
copenhagen: kobenhavn kobenhavns
gothenburg: goteborg goteborgs
helsinki: helsingin helsingfors
tallinn: tallinna
tartu: tartu
vilnius: vilniaus
kaunas: kauno
athens: athinon athina
thessaloniki: aristotelio
geneva: geneve genf
zurich: zuerich
basel: bale
seville: sevilla
lyons: lyon
marseilles: marseille
cracow: krakow krakowie
zagreb: zagrebu
budapest: budapesti
the: le la les el los las il lo gli l i o os as der die das den des de het een
of: von vom zur zu du d di da do dos della delle degli del dei dell av van voor fur for para per pour
 pri w na och og ja ir es in en et e y und ed
"""
_ENGLISH = {
    other: line.partition(":")[0]
    for line in _WORDS.replace("\n ", " ").strip().splitlines()
    for other in line.partition(":")[2].split()
}
#: Kinds of institution of which one excludes another.
KINDS = frozenset(
    ("university", "college", "school", "institute", "academy", "ministry", "hospital", "library", "museum")
)


@lru_cache(maxsize=200_000)
def canonical(text: str) -> tuple[str, ...]:
    """The stems of an organisation's name with known words in English, without articles and prepositions."""
    told = [_ENGLISH.get(word, word) for word in words(text)]
    kept = tuple(stem(word) for word in told if word not in FILLERS)
    return kept or tuple(words(text))
