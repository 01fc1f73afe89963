-- Les contrôles d'une archive de Fanal : chacun est une question à ses tables, et toute ligne qu'elle rend est une faute.
--
-- Chaque table de l'archive est ici sous son nom, avec les colonnes de dictionnaire.csv ; de même soldes.csv (« soldes »).
-- Les lignes reçues d'un ancien système et chargées sont sous le nom de leur sorte : recu_bills, recu_payments… (sortes.csv).
-- « § » ouvre une série et nomme ce qu'elle compte ; « ! » dit la faute d'une ligne rendue, ses {colonnes} remplies.
-- Argent en cents, quantités en millièmes, jours AAAA-MM-JJ. turn(cadrans) : où un index revient à zéro ; payable(jour) :
-- l'échéance d'une facture émise ce jour-là, d'après les chiffres de l'archive.

-- § Factures : billing_bill

-- ! facture {id} : la somme de ses lignes ou de ses taxes n'est pas la sienne
SELECT b.id FROM billing_bill b
LEFT JOIN billing_line l ON l.bill_id = b.id AND l.account_id = b.account_id LEFT JOIN billing_charge c ON c.id = l.charge_id
GROUP BY b.id, b.account_id HAVING coalesce(sum(l.amount_cents) FILTER (WHERE c.is_tax = 'f'), 0) <> b.net_cents
    OR coalesce(sum(l.amount_cents) FILTER (WHERE c.is_tax = 't'), 0) <> b.tax_cents;

-- ! facture {id} : son total n'est pas son net et ses taxes
SELECT id FROM billing_bill WHERE net_cents + tax_cents <> total_cents;

-- ! facture {bill_id} : le nombre de jours d'une ligne n'est pas celui de ses dates
SELECT bill_id FROM billing_line WHERE date(from_on, days || ' days') <> to_on;

-- Une note de crédit reprend sa facture, composante par composante.
-- ! la note de crédit {id} n'annule pas la facture {reverses_id}
SELECT n.id, n.reverses_id FROM billing_bill n
LEFT JOIN billing_bill b ON b.id = n.reverses_id AND b.account_id = n.account_id
WHERE n.kind = 1 AND (b.total_cents IS NOT -n.total_cents OR EXISTS (SELECT 1 FROM billing_line l
    WHERE l.bill_id IN (n.id, n.reverses_id) GROUP BY l.charge_id HAVING sum(l.amount_cents) <> 0));

-- ! les factures émises, {found} pour {cents} cents, ne sont pas celles du manifeste
SELECT count(*) AS found, coalesce(sum(b.total_cents), 0) AS cents FROM billing_issue i
JOIN billing_bill b ON b.id = i.bill_id AND b.account_id = i.account_id
HAVING found <> (SELECT value FROM manifeste WHERE name = 'bills_issued')
    OR cents <> (SELECT value FROM manifeste WHERE name = 'bills_cents');

-- § Échéances des factures : billing_issue

-- Une facture tardive (art. 4.2.2) se paie en deux fois : la seconde court de la première.
-- ! facture {bill_id} : son échéance du {due_on} ou du {second_due_on} n'est pas celle d'une émission du {issued_on}
SELECT bill_id, due_on, second_due_on, issued_on FROM billing_issue
WHERE due_on <> payable(issued_on) OR second_due_on NOT IN (due_on, payable(due_on));

-- § Mesures et relèves : billing_measure

CREATE VIEW measured AS -- les factures émises dont l'énergie se mesure
SELECT b.* FROM billing_bill b JOIN billing_issue i ON i.bill_id = b.id AND i.account_id = b.account_id
JOIN billing_book k ON k.id = b.book_id WHERE b.kind = 0 AND NOT json_extract(k.content, '$.flat_rate');

CREATE VIEW measure AS -- leurs mesures : energy (1 : kWh, 4 : kvarh) ou puissance (2 : kW, 3 : kVA)
SELECT m.*, b.delivery_point_id, m.kind IN (1, 4) AS energy, coalesce(g.name, 'total') AS name,
    turn(coalesce(g.dials, 9)) AS turn
FROM billing_measure m JOIN measured b ON b.id = m.bill_id AND b.account_id = m.account_id
LEFT JOIN metering_register g ON g.id = m.register_id;

-- ! facture {id} : ses kWh ({kwh} millièmes) ou sa puissance ne sont pas ceux donnés par ses mesures
SELECT b.id, b.kwh FROM measured b LEFT JOIN measure m ON m.bill_id = b.id AND m.account_id = b.account_id
GROUP BY b.id, b.account_id HAVING coalesce(sum(m.quantity) FILTER (WHERE m.kind = 1 AND m.apart = 'f'), 0) <> b.kwh
    OR coalesce(max(m.quantity) FILTER (WHERE m.kind = 2 AND m.name = 'total'), 0) <> b.kw
    OR coalesce(max(m.quantity) FILTER (WHERE m.kind = 3 AND m.name = 'total'), 0) <> b.kva;

-- ! facture {bill_id} : l'index du {on_day} au registre {register_id} n'est pas celui de la relève
SELECT m.bill_id, m.register_id, m.on_day FROM (
    SELECT *, from_on AS on_day, from_sequence AS sequence, from_value AS value FROM measure
    UNION ALL SELECT *, to_on, to_sequence, to_value FROM measure) m
LEFT JOIN metering_reading r ON r.delivery_point_id = m.delivery_point_id AND r.register_id = m.register_id
    AND r.read_on = m.on_day AND r.sequence = m.sequence
WHERE m.energy AND m.sequence <> 0 AND r.value IS NOT m.value;

-- ! facture {bill_id}, registre {register_id} : la quantité n'est pas la différence des index
SELECT bill_id, register_id FROM measure WHERE energy AND from_sequence <> 0 AND to_sequence <> 0 AND estimate_id = 0
    AND quantity <> (to_value - from_value + turn) % turn * multiplier;

-- ! facture {bill_id}, registre {register_id} : l'index estimé n'est pas celui de la quantité
SELECT bill_id, register_id FROM measure
WHERE energy AND estimate_id <> 0 AND to_value <> (from_value + quantity / multiplier) % turn;

-- ! facture {bill_id} : l'estimation {estimate_id} n'existe pas
SELECT bill_id, estimate_id FROM measure WHERE estimate_id <> 0 AND estimate_id NOT IN (SELECT id FROM metering_estimate);

-- ! facture {bill_id} : aucune relève du registre {register_id} ne montre sa puissance
SELECT bill_id, register_id FROM measure m WHERE NOT energy AND estimate_id = 0 AND to_value <> 0
    AND (quantity <> to_value * multiplier OR NOT EXISTS (SELECT 1 FROM metering_reading r
        WHERE r.delivery_point_id = m.delivery_point_id AND r.register_id = m.register_id
            AND r.read_on > m.from_on AND r.read_on <= m.to_on AND r.value = m.to_value));

-- § Écritures du grand livre : ledger_posting

-- Ce que le client doit va au compte 1200, ce qu'il paie à l'encaisse (1010), ce qui est repris contre le compte 3900 ; un dépôt est
-- détenu au compte 2410, ses intérêts sont une charge (5310).
CREATE TABLE expected AS -- les écritures que demandent les documents, un montant par compte du grand livre
SELECT 1 + b.kind AS kind, b.id AS source, b.account_id, 1200 AS code, b.total_cents AS cents FROM billing_bill b
JOIN billing_issue i ON i.bill_id = b.id AND i.account_id = b.account_id
UNION ALL SELECT 1 + b.kind, b.id, b.account_id, c.ledger_account_id, -l.amount_cents FROM billing_issue i
JOIN billing_bill b ON b.id = i.bill_id AND b.account_id = i.account_id
JOIN billing_line l ON l.bill_id = b.id AND l.account_id = b.account_id JOIN billing_charge c ON c.id = l.charge_id
UNION ALL SELECT 3, id, account_id, 1010, amount_cents FROM payments_receipt
UNION ALL SELECT 3, id, account_id, 1200, -amount_cents FROM payments_receipt
UNION ALL SELECT 4, id, account_id, 1010, -amount_cents FROM payments_returnedpayment JOIN payments_receipt ON id = receipt_id
UNION ALL SELECT 4, id, account_id, 1200, amount_cents FROM payments_returnedpayment JOIN payments_receipt ON id = receipt_id
UNION ALL SELECT 5, id, account_id, ledger_account_id, cents FROM elsewhere_opening
UNION ALL SELECT 5, id, account_id, 3900, -cents FROM elsewhere_opening
UNION ALL SELECT 6, id, account_id, 5310, interest_cents FROM elsewhere_depositentry WHERE what = 'INTEREST'
UNION ALL SELECT 6, id, account_id, 1200, -interest_cents FROM elsewhere_depositentry WHERE what = 'INTEREST'
UNION ALL SELECT 7, id, account_id, 2410, deposit_cents FROM elsewhere_depositentry WHERE what = 'RETURN'
UNION ALL SELECT 7, id, account_id, 5310, interest_cents FROM elsewhere_depositentry WHERE what = 'RETURN'
UNION ALL SELECT 7, id, account_id, 1200, -deposit_cents - interest_cents FROM elsewhere_depositentry WHERE what = 'RETURN';

CREATE TABLE compared AS -- ce que chaque écriture inscrit et ce qu'elle devrait, par compte du grand livre
SELECT kind, source, account_id, code, sum(written) AS written, sum(wanted) AS wanted FROM (
    SELECT kind, source, account_id, ledger_account_id AS code, debit_cents - credit_cents AS written, 0 AS wanted
    FROM ledger_posting UNION ALL SELECT kind, source, account_id, code, 0, cents FROM expected)
GROUP BY kind, source, account_id, code HAVING sum(written) <> 0 OR sum(wanted) <> 0;

-- ! écriture (compte {account_id}, sorte {kind}, source {source}) : elle n'est pas entière ou n'est pas équilibrée
SELECT account_id, kind, source FROM ledger_posting GROUP BY kind, source, account_id
HAVING sum(debit_cents) <> sum(credit_cents) OR min(line) <> 1 OR max(line) <> count(*);

-- ! aucune écriture pour le document {source} (sorte {kind})
SELECT kind, source FROM compared GROUP BY kind, source, account_id HAVING max(abs(written)) = 0;

-- ! écriture (compte {account_id}, sorte {kind}, source {source}) : ce n'est pas celle de son document
SELECT account_id, kind, source FROM compared GROUP BY kind, source, account_id
HAVING max(abs(written)) <> 0 AND max(written <> wanted);

CREATE TABLE dated AS -- le jour de chaque document : le sien, ou au plus tôt celui où l'argent est venu ou reparti
SELECT 1 AS kind, bill_id AS source, account_id, issued_on AS day FROM billing_issue
UNION ALL SELECT 2, bill_id, account_id, issued_on FROM billing_issue
UNION ALL SELECT 3, id, account_id, received_on FROM payments_receipt
UNION ALL SELECT 4, id, account_id, returned_on FROM payments_returnedpayment JOIN payments_receipt ON id = receipt_id
UNION ALL SELECT 5, id, account_id, on_date FROM elsewhere_opening
UNION ALL SELECT 6 + (what = 'RETURN'), id, account_id, on_date FROM elsewhere_depositentry;
CREATE UNIQUE INDEX dated_document ON dated (kind, source, account_id);

-- ! écriture (compte {account_id}, sorte {kind}, source {source}) : son jour n'est pas celui de son document, le {day}
SELECT DISTINCT p.account_id, p.kind, p.source, d.day FROM ledger_posting p JOIN dated d USING (kind, source, account_id)
WHERE p.on_date < d.day OR p.on_date <> d.day AND p.kind NOT IN (3, 4);

-- ! écriture (compte {account_id}, sorte {kind}, source {source}) : elle est de deux jours
SELECT account_id, kind, source FROM ledger_posting GROUP BY kind, source, account_id HAVING min(on_date) <> max(on_date);

-- ! compte {code} du grand livre : ses débits ou ses crédits ne sont pas ceux du manifeste
SELECT account AS code FROM (
    SELECT account, debit_cents, credit_cents FROM totaux
    UNION ALL SELECT ledger_account_id, -sum(debit_cents), -sum(credit_cents) FROM ledger_posting GROUP BY 1)
GROUP BY account HAVING sum(debit_cents) <> 0 OR sum(credit_cents) <> 0;

-- § Soldes des comptes clients : soldes

-- ! compte {number} : son solde n'est pas la somme de ses écritures
SELECT number FROM (
    SELECT account_id, number, balance_cents AS cents FROM soldes
    UNION ALL SELECT account_id, NULL, credit_cents - debit_cents FROM ledger_posting WHERE ledger_account_id = 1200)
GROUP BY account_id HAVING sum(cents) <> 0;

-- § Ce que chaque paiement paie : payments_allocation

CREATE TABLE worth AS -- ce que vaut chaque crédit (« receipt », « credit ») et ce que demande chaque dette (« bill »), et son jour
SELECT CASE WHEN p.debit_cents > 0 THEN 'bill' ELSE 'credit' END AS what, p.account_id, p.source AS id, p.on_date,
    p.debit_cents + p.credit_cents AS cents
FROM ledger_posting p WHERE p.ledger_account_id = 1200 AND p.kind IN (1, 2, 5, 6, 7)
UNION ALL SELECT 'receipt', p.account_id, p.source, p.on_date, CASE WHEN b.receipt_id IS NULL THEN p.credit_cents ELSE 0 END
FROM ledger_posting p LEFT JOIN payments_returnedpayment b ON b.receipt_id = p.source
WHERE p.ledger_account_id = 1200 AND p.kind = 3;

CREATE TABLE allocated AS -- ce qui en est affecté, et ce qui en reste
SELECT what, account_id, id, max(on_date) AS on_date, sum(cents) AS cents, sum(given) AS given FROM (
    SELECT what, account_id, id, on_date, cents, 0 AS given FROM worth
    UNION ALL SELECT 'bill', account_id, bill_id, NULL, 0, amount_cents FROM payments_allocation
    UNION ALL SELECT CASE receipt_id WHEN 0 THEN 'credit' ELSE 'receipt' END, account_id, receipt_id + credit_bill_id, NULL, 0,
        amount_cents FROM payments_allocation)
GROUP BY what, account_id, id;

-- ! compte {account_id} : {given} cents affectés du crédit ou à la facture {id} ({what}), qui en vaut {cents}
SELECT account_id, what, id, given, cents FROM allocated WHERE given < 0 OR given > cents;

-- Un paiement paie d'abord ce qui est dû : il n'en reste rien tant qu'une dette d'avant n'est pas payée.
-- ! compte {account_id} : le paiement {id} n'est affecté qu'en partie, et une dette d'avant n'est pas payée
SELECT r.account_id, r.id FROM allocated r JOIN (
    SELECT account_id, min(on_date) AS since FROM allocated WHERE what = 'bill' AND given < cents GROUP BY account_id) due
    ON due.account_id = r.account_id AND due.since < r.on_date
WHERE r.what = 'receipt' AND r.given < r.cents;

-- § Prélèvements remis : payments_debitbatch

-- ! lot de prélèvements {id} : ses lignes ne font pas le compte ou le total de son fichier
SELECT b.id FROM payments_debitbatch b LEFT JOIN payments_debit d ON d.batch_id = b.id AND d.state IN ('RELEASED', 'RETURNED')
GROUP BY b.id HAVING count(d.id) <> b.debits OR coalesce(sum(d.cents), 0) <> b.cents;

-- ! lot de prélèvements {id} : son fichier n'est pas celui de son empreinte
SELECT id FROM payments_debitbatch WHERE state = 'RELEASED' AND sha256(content) <> sha256;

-- La référence d'un prélèvement et son montant sont dans le fichier remis à la banque.
-- ! prélèvement {id} : le fichier du lot {batch_id} n'a pas sa référence
SELECT d.id, d.batch_id FROM payments_debit d JOIN payments_debitbatch b ON b.id = d.batch_id
WHERE d.state IN ('RELEASED', 'RETURNED') AND instr(lower(b.content), lower(hex(printf('FANAL%014d', d.id)))) = 0;

-- ! prélèvement {id} : son paiement n'est pas celui de son compte, de son montant ou de son jour
SELECT d.id FROM payments_debit d LEFT JOIN payments_receipt r ON r.reference = printf('FANAL%014d', d.id)
WHERE r.id IS NULL AND d.settled = 't' OR r.id IS NOT NULL AND d.state NOT IN ('RELEASED', 'RETURNED') OR r.account_id <> d.account_id OR r.amount_cents <> d.cents
    OR r.received_on <> d.debited_on;

-- § Numéros de facture : billing_issue

-- Les numéros d'une année (numéro = année × un milliard + rang) se suivent, y compris ceux réservés d'un lot en émission.
-- ! année {year} : le numéro {rank} manque, ou dépasse la série
SELECT year, before + 1 AS rank FROM (
    SELECT *, lag(last, 1, 0) OVER (PARTITION BY year ORDER BY first) AS before FROM (
        SELECT number / 1000000000 AS year, number % 1000000000 AS first, number % 1000000000 AS last FROM billing_issue
        UNION ALL SELECT first_number / 1000000000, first_number % 1000000000, first_number % 1000000000 + bills - 1
        FROM billing_chunk c JOIN billing_run r ON r.id = c.run_id
        WHERE r.state = 'ISSUING' AND c.issued = 'f' AND first_number <> 0 AND bills <> 0
        UNION ALL SELECT year, next_number, next_number FROM billing_series))
WHERE first <> before + 1;

-- § Reprise : ce qui est gardé d'un ancien système est ce qu'il a remis : elsewhere_pastpayment

CREATE TABLE account AS SELECT DISTINCT number AS old, account_id AS id FROM elsewhere_handover;
CREATE UNIQUE INDEX account_by_old ON account (old, id);

-- ! facture {number} de l'ancien système : {kwh} Wh, {total_cents} cents, échéance du {due_on} : il a remis autre chose
SELECT account_id, number, kind, issued_on, due_on, from_on, to_on, tariff, kwh, billing_kw, estimated, net_cents, gst_cents,
    qst_cents, total_cents, corrects FROM elsewhere_pastbill
EXCEPT SELECT a.id, number, CASE type WHEN 'REBILL' THEN 'AGAIN' ELSE type END, issued_on, coalesce(due_on, issued_on),
    coalesce(from_on, issued_on), coalesce(to_on, issued_on), coalesce(tariff, ''), coalesce(kwh, 0) * 1000,
    coalesce(billed_kw, 0), CASE estimated WHEN 'ESTIMATED' THEN 't' ELSE 'f' END, net, gst, qst, total, coalesce(corrects, '')
FROM recu_bills JOIN account a ON a.old = account;

-- ! facture {number} de l'ancien système, ligne {line} : il a remis autre chose
SELECT number, line, component, quantity, price, amount_cents FROM elsewhere_pastline
EXCEPT SELECT bill, rank, component, coalesce(quantity, 0), coalesce(price, 0), amount FROM recu_bill_lines;

-- ! paiement {number} de l'ancien système : il a remis autre chose
SELECT account_id, number, received_on, amount_cents, channel FROM elsewhere_pastpayment
EXCEPT SELECT a.id, number, received_on, amount, coalesce(channel, '') FROM recu_payments JOIN account a ON a.old = account;

-- ! écriture {number} de l'ancien système : il a remis autre chose
SELECT account_id, number, on_date, code, amount_cents FROM elsewhere_pastentry
EXCEPT SELECT a.id, number, entered_on, code, amount FROM recu_entries JOIN account a ON a.old = account;

-- ! avis {number} du compte {account_id} : l'ancien système a remis autre chose
SELECT account_id, number, kind, on_date, amount_cents, sent_by, note FROM elsewhere_pastnotice
EXCEPT SELECT a.id, number, type, sent_on, coalesce(amount, 0), coalesce(channel, ''), coalesce(note, '')
FROM recu_notices JOIN account a ON a.old = account;

-- Un accord de prélèvement sans date porte la clé de sa ligne, et commence le jour de son premier chargement.
-- ! engagement {number} du compte {account_id} ({kind}) : l'ancien système a promis un autre montant ou d'autres termes
SELECT account_id, kind, number, CASE WHEN kind <> 'DEBIT' OR starts_on = number THEN starts_on END AS since, ends_on, live,
    amount_cents, CASE kind
    WHEN 'DEBIT' THEN json_extract(terms, '$.institution', '$.transit', '$.bank_account', '$.holder')
    WHEN 'DEPOSIT' THEN json_extract(terms, '$.reason', '$.interest_cents', '$.left_by')
    WHEN 'ARRANGEMENT' THEN json_extract(terms, '$.total_cents', '$.count', '$.last_cents', '$.every_days', '$.paid_count')
    ELSE json_extract(terms, '$.debit_day', '$.review_month', '$.debited_count') END AS terms
FROM elsewhere_undertaking WHERE json_extract(terms, '$.replaces') IS NULL
EXCEPT SELECT a.id, 'DEBIT', coalesce(authorized_on, key), authorized_on, coalesce(ends_on, ''),
    CASE status WHEN 'ACTIVE' THEN 't' ELSE 'f' END, 0, json_array(institution, transit, bank_account, holder)
FROM recu_debits JOIN account a ON a.old = account
EXCEPT SELECT a.id, 'DEPOSIT', number, received_on, coalesce(left_on, ''), CASE status WHEN 'HELD' THEN 't' ELSE 'f' END,
    amount, json_array(reason, interest_paid, left_by) FROM recu_deposits JOIN account a ON a.old = account
EXCEPT SELECT a.id, 'ARRANGEMENT', number, agreed_on, date(agreed_on, (count * coalesce(every_days, 30)) || ' days'),
    CASE status WHEN 'RUNNING' THEN 't' ELSE 'f' END, instalment,
    json_array(total, count, last_instalment, every_days, paid_count) FROM recu_arrangements JOIN account a ON a.old = account
EXCEPT SELECT a.id, 'EQUAL_PAYMENTS', starts_on, starts_on, coalesce(ends_on, ''),
    CASE status WHEN 'ACTIVE' THEN 't' ELSE 'f' END, instalment, json_array(debit_day, review_month, debited_count)
FROM recu_equal_payments JOIN account a ON a.old = account;

-- L'autre sens : ce qui est gardé est une ligne reçue, en voici donc autant que de lignes chargées.
-- ! {kind} : {kept} lignes gardées, {loaded} chargées de l'ancien système
SELECT kind, sum(kept) AS kept, sum(loaded) AS loaded FROM (
    SELECT kind, 0 AS kept, 1 AS loaded FROM takeover_known WHERE kind IN ('bills', 'bill_lines', 'payments', 'entries',
        'notices', 'deposits', 'arrangements', 'equal_payments', 'debits')
    UNION ALL SELECT 'bills', 1, 0 FROM elsewhere_pastbill
    UNION ALL SELECT 'bill_lines', 1, 0 FROM elsewhere_pastline
    UNION ALL SELECT 'payments', 1, 0 FROM elsewhere_pastpayment
    UNION ALL SELECT 'entries', 1, 0 FROM elsewhere_pastentry
    UNION ALL SELECT 'notices', 1, 0 FROM elsewhere_pastnotice
    UNION ALL SELECT CASE kind WHEN 'EQUAL_PAYMENTS' THEN 'equal_payments' ELSE lower(kind) || 's' END, 1, 0
    FROM elsewhere_undertaking WHERE json_extract(terms, '$.replaces') IS NULL)
GROUP BY kind HAVING sum(kept) <> sum(loaded);

-- Une fin inscrite ici est au journal ; celle d'un dépôt l'est avec son retour.
-- ! la fin de l'engagement {number} du compte {account_id} ({kind}) n'est pas celle du journal, ou du dépôt rendu
SELECT account_id, kind, number FROM (
    SELECT account_id, kind, number, ended_on, reason, 1 AS side FROM elsewhere_promiseend
    UNION ALL SELECT account_id, 'DEPOSIT', number, on_date, 'RETURNED', -1 FROM elsewhere_depositentry WHERE what = 'RETURN'
    UNION ALL SELECT CAST(substr(about, 9) AS INTEGER), json_extract(grounds, '$.kind'), json_extract(grounds, '$.number'),
        json_extract(grounds, '$.ended_on'), json_extract(grounds, '$.reason'), -1
    FROM journal_event WHERE act = 'end_promise')
GROUP BY account_id, kind, number, ended_on, reason HAVING sum(side) <> 0;

-- § Révisions de versements égaux : elsewhere_planreview

-- ! versements égaux {number} du compte {account_id} : ceux qui prennent leur place ne sont pas ceux de leur révision
SELECT r.account_id, r.number FROM elsewhere_planreview r
LEFT JOIN elsewhere_undertaking u ON u.account_id = r.account_id AND u.kind = 'EQUAL_PAYMENTS' AND u.number = r.replaced_by
WHERE u.starts_on IS NOT r.from_on OR u.amount_cents <> r.instalment_cents
    OR json_extract(u.terms, '$.replaces') IS NOT r.number;

-- ! versements égaux {number} du compte {account_id} : aucune révision ne les a fixés
SELECT u.account_id, u.number FROM elsewhere_undertaking u LEFT JOIN elsewhere_planreview r
    ON r.account_id = u.account_id AND r.replaced_by = u.number
WHERE json_extract(u.terms, '$.replaces') IS NOT NULL AND r.number IS NULL;

-- § Factures d'un ancien système : elsewhere_pastbill

-- Celles qui ne s'additionnaient déjà pas ont été dites à la reprise.
CREATE TABLE told AS SELECT DISTINCT json_extract(evidence, '$.bill') AS number FROM takeover_flaw
WHERE code IN ('ONE_CENT_BILL', 'BILL_DOES_NOT_ADD_UP');

CREATE TABLE reversed AS SELECT account_id, corrects AS number FROM elsewhere_pastbill WHERE kind = 'CREDIT_NOTE';
CREATE INDEX reversed_bill ON reversed (account_id, number);

-- ! facture {number} : son total n'est pas son net et ses taxes
SELECT number FROM elsewhere_pastbill
WHERE net_cents + gst_cents + qst_cents <> total_cents AND number NOT IN (SELECT number FROM told);

-- ! facture {number} : son net n'est pas la somme de ses lignes
SELECT b.number FROM elsewhere_pastbill b JOIN elsewhere_pastline l ON l.account_id = b.account_id AND l.number = b.number
WHERE b.number NOT IN (SELECT number FROM told)
GROUP BY b.account_id, b.number HAVING sum(l.amount_cents) <> b.net_cents;

-- ! compte {number} : son passage n'est pas la fin de sa dernière facture
SELECT h.number FROM elsewhere_handover h LEFT JOIN (
    SELECT subscription_id, max(to_on || ' ' || issued_on) AS ends FROM elsewhere_pastbill b
    WHERE kind <> 'CREDIT_NOTE' AND NOT EXISTS (SELECT 1 FROM reversed n
        WHERE n.account_id = b.account_id AND n.number = b.number) GROUP BY subscription_id) last USING (subscription_id)
WHERE (h.last_bill <> '') <> (last.ends IS NOT NULL) OR h.to_on || ' ' || h.issued_on <> last.ends;

-- § Soldes repris d'un ancien système : elsewhere_opening

-- ! compte {account_id} : {opened} cents repris, {past} d'après l'ancien système
SELECT account_id, sum(opened) AS opened, sum(past) AS past FROM (
    SELECT account_id, cents AS opened, 0 AS past FROM elsewhere_opening WHERE ledger_account_id = 1200
    UNION ALL SELECT account_id, 0, total_cents FROM elsewhere_pastbill
    UNION ALL SELECT account_id, 0, -amount_cents FROM elsewhere_pastpayment
    UNION ALL SELECT account_id, 0, amount_cents FROM elsewhere_pastentry)
GROUP BY account_id HAVING sum(opened) <> sum(past);

-- ! solde repris {id} : son échéance du {due_on} n'est pas celle de la facture ou du dépôt {number}
SELECT o.id, o.due_on, o.number FROM elsewhere_opening o
LEFT JOIN elsewhere_pastbill b ON o.ledger_account_id = 1200 AND b.account_id = o.account_id AND b.number = o.number
LEFT JOIN elsewhere_undertaking d
    ON o.ledger_account_id = 2410 AND d.account_id = o.account_id AND d.kind = 'DEPOSIT' AND d.number = o.number
WHERE o.due_on <> coalesce(b.due_on, d.starts_on, CASE o.number WHEN '' THEN o.on_date ELSE '' END);

-- ! dépôt {number} du compte {account_id} : rendu autrement qu'en entier, une fois
SELECT account_id, number FROM elsewhere_depositentry e WHERE what = 'RETURN' AND deposit_cents <> coalesce((
    SELECT amount_cents FROM elsewhere_undertaking d WHERE d.kind = 'DEPOSIT' AND d.account_id = e.account_id
        AND d.number = e.number), 0) GROUP BY account_id, number
UNION SELECT account_id, number FROM elsewhere_depositentry WHERE what = 'RETURN' GROUP BY 1, 2 HAVING count(*) > 1;

-- ! dépôt {number} du compte {account_id} : {cents} cents d'écart
SELECT account_id, number, sum(cents) AS cents FROM (
    SELECT account_id, number, amount_cents AS cents FROM elsewhere_undertaking WHERE kind = 'DEPOSIT' AND live = 't'
    UNION ALL SELECT account_id, number, cents FROM elsewhere_opening WHERE ledger_account_id = 2410)
GROUP BY account_id, number HAVING sum(cents) <> 0;
