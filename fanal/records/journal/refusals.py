"""What the database refuses, said as the acts say it: the last guard speaks like the first."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from django.db import IntegrityError, transaction

from fanal.values.dates import ISO_DAY, parse_day
from fanal.values.refusal import Fact, Phrase, Refused, refuse

RAISED_BY_TRIGGERS = ("23001", "23503", "23514")  # restrict, foreign key, check: our triggers speak French
# What triggers say, with a name for each % of theirs.
RAISED = (
    Phrase("Dans la table {table}, seule la date de fin peut changer : y mettre fin, puis inscrire la suite."),
    Phrase("Dans la table {table}, la fin du {on} ne se déplace plus."),
    Phrase("La table {table} ne se modifie pas : corriger par un ajout."),
    Phrase("Dans la table {table}, un élément ne change que par un nouveau relevé du réseau."),
    Phrase("La période comptable est fermée jusqu’au {closed} : aucune écriture datée du {on}."),
    Phrase("Le compte client {id} n’existe pas."),
    Phrase("Le compte {code} n’est pas au plan comptable."),
    Phrase("L’écriture (compte {account}, sorte {kind}, source {source}) n’est pas entière ou n’est pas équilibrée."),
    Phrase("Une fermeture va déjà jusqu’au {closed} ou au-delà."),
    Phrase(
        "Relève du {on} : le registre {register} n’est pas posé au point de livraison {point} ce jour-là, ou l’index "
        "{index} dépasse ses cadrans."
    ),
    Phrase("Relève du {on} du registre {register} : la correction {sequence} n’a rien à corriger."),
    Phrase("Affectations de {cents} cents : {what} {id} du compte {account} en vaut {worth}."),
    Phrase("La correction proposée {id} ne se modifie pas ; elle se décide une seule fois."),
    Phrase("La facture {bill} ne peut pas être émise : le livre {book} a été remplacé depuis son calcul."),
    Phrase("La facture {bill} ne peut pas être émise : l’ancien système a facturé jusqu’au {to_on}."),
    Phrase("La facture {bill} ne peut pas être émise : son lot n’est pas en émission, ou elle est retenue."),
    Phrase("La proposition {id} ne se modifie pas ; elle se décide une seule fois."),
    Phrase("La répétition {id} ne se modifie pas : en demander une autre."),
    Phrase("La série {year} n’avance qu’en avant : le prochain numéro est le {number}."),
    Phrase("L’abonnement {id} n’a pas de livre : il en reçoit un, et rien d’autre n’y change."),
    Phrase("L’abonnement {id} n’a pas reçu ici le livre {book} : il le garde."),
    Phrase("L’abonnement {id} garde le livre {book} : le lot {run} l’a facturé."),
    Phrase("Le lot {run} a calculé une facture de l’abonnement {id} : l’abandonner d’abord."),
    Phrase("La facture {bill} ne peut pas être émise : son abonnement n’est plus au livre {book}."),
    Phrase("L’abonnement {id} est passé à Fanal : l’ancien système ne le facture plus."),
    Phrase("L’engagement {number} est passé à Fanal avec son cycle : l’ancien système ne le suit plus."),
    Phrase("L’engagement {number} reste celui de son compte, depuis son premier jour."),
    Phrase("Aucun engagement {number} n’est en cours à ce compte."),
    Phrase("Aucun dépôt {number} n’est détenu à ce compte."),
    Phrase("L’ancien système suit encore le dépôt {number} : ce qu’il en fait viendra de son exportation."),
    Phrase("Le dépôt {number} se rend en entier : {held} cents sont détenus, et non {given}."),
    Phrase("Les intérêts du dépôt {number} sont déjà portés au compte jusqu’au {on}."),
    Phrase("Le cycle {cycle} ne revient plus à l’ancien système : le dépôt {number} est rendu ou porte intérêt ici."),
    Phrase("Les versements égaux {number} ne sont pas en cours à ce compte."),
    Phrase("L’ancien système suit encore les versements égaux {number} : il les révise."),
    Phrase("La révision des versements égaux {number} ne dit pas ceux qui prennent leur place."),
    Phrase("Le cycle {cycle} ne revient plus à l’ancien système : les versements égaux {number} sont révisés ici."),
    Phrase("L’engagement {number} commence le {on} : il ne finit pas avant."),
    Phrase("L’ancien système suit encore l’engagement {number} : sa fin viendra de son exportation."),
    Phrase("Le cycle {cycle} ne revient plus à l’ancien système : la fin de l’engagement {number} est inscrite ici."),
    Phrase("La fusion {id} ne se modifie pas ; elle se confirme et se défait une seule fois."),
    Phrase("L’un des deux est déjà d’une autre fusion : la confirmer ou la défaire d’abord."),
    Phrase("Une fusion plus récente du client gardé tient : la défaire d’abord."),
    Phrase("Le client {merged} est réuni au client {kept} : c’est celui-ci qui tient ses abonnements."),
    Phrase("La ligne {key} ({kind}) est chargée : seul ce qu’elle disait peut suivre une autre exportation."),
    Phrase("L’exportation {id} n’est pas examinée : l’examiner avant de la charger."),
    Phrase("L’exportation {id} est chargée, et le reste."),
    Phrase("Ce constat est déjà accepté."),
    Phrase("Le cycle {cycle} est encore facturé par l’ancien système : le basculer d’abord."),
    Phrase("Le cycle {cycle} ne revient plus à l’ancien système : le lot {run} a émis des factures."),
    Phrase("Le lot {run} du cycle {cycle} est ouvert : l’abandonner d’abord."),
    Phrase("Le lot {run} est « {state} » : ses factures sont figées."),
    Phrase("Le lot {run} garde son jour, son cycle et les noms de ceux qui l’ont ouvert, revu et approuvé."),
    Phrase("Le lot {run} ne passe pas de « {before} » à « {after} »."),
    Phrase("Le cycle {cycle} ne revient plus à l’ancien système : le lot de prélèvements {id} est à la banque."),
    Phrase("Le compte {id} est encore à l’ancien système : Fanal n’y prélève rien."),
    Phrase("Le lot de prélèvements {id} ne se modifie pas ; il se décide une seule fois."),
    Phrase("Le lot de prélèvements {id} annonce {cents} cents ; ses lignes en portent {told}."),
    Phrase("Le lot de prélèvements {id} n’est plus à préparer."),
    Phrase(
        "Le compte {id} : un prélèvement ne se présente de nouveau qu’une fois, faute de fonds, au même montant et "
        "dans les 30 jours."
    ),
    Phrase("Le prélèvement {id} ne se modifie pas ainsi : préparé, puis remis ou retiré, puis retourné."),
    Phrase("Les jours de la facture {bill} restent facturés : aucune note de crédit émise ne la contrepasse."),
    Phrase("Les numéros du lot {run} sont réservés : on ne décide plus de ses factures."),
)

WORDS = (Phrase("facture"), Phrase("paiement"), Phrase("crédit"))  # what they tell apart in them


@contextmanager
def saying(sentences: Mapping[str, str], **facts: Fact) -> Iterator[None]:
    """Turn a broken constraint into Refused with its sentence and those facts; a trigger says its own.

    A constraint without a sentence stays an IntegrityError: it is a fault of ours, not a refusal.
    """
    try:
        with transaction.atomic():
            yield
    except (IntegrityError, psycopg.IntegrityError) as problem:  # COPY raises the driver's own
        broken = problem if isinstance(problem, psycopg.IntegrityError) else problem.__cause__
        if not isinstance(broken, psycopg.IntegrityError):
            raise
        name = broken.diag.constraint_name
        if name in sentences:
            raise refuse(sentences[name], **facts) from problem
        if name is None and broken.sqlstate in RAISED_BY_TRIGGERS:
            raise heard(str(broken.diag.message_primary)) from problem
        raise


def heard(message: str) -> Refused:
    """The refusal that a trigger raised, its facts told from its sentence again."""
    for sentence in RAISED:
        words = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(sentence))
        if found := re.fullmatch(words, message, re.DOTALL):
            return refuse(sentence, **{name: _fact(text) for name, text in found.groupdict().items()})
    return refuse(message)


def _fact(text: str) -> Fact:
    return parse_day(text) if ISO_DAY.fullmatch(text) else next((it for it in WORDS if it == text), text)
