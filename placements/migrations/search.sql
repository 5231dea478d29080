-- What a search row holds besides its point (docs/search.md). One place for all of it: triggers call these functions, and so does COPY.

CREATE OR REPLACE FUNCTION placements_bits(words text[], vocabulary text[]) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(bit_or(1 << (array_position(vocabulary, word) - 1)), 0) FROM unnest(words) AS word
$$;

CREATE OR REPLACE FUNCTION placements_day(day date) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT greatest(0, least(32767, day - DATE '2000-01-01'))
$$;

-- Operators other than arithmetic bind alike, from left to right: hence the brackets. Big-endian words, read by placements/search/rows.py; a test compares its vocabularies with those here.
CREATE OR REPLACE FUNCTION placements_refresh_search(wanted bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE placements_placesearchrow r
       SET open = f.open, main = f.main, starts_on = f.starts_on, ends_on = f.ends_on,
           packed = int8send(f.place_id) || int4send(r.x) || int4send(r.y) || int4send(r.qualification_id) || int4send(f.period_id::integer)
               || int4send(f.asks) || int4send(f.gives | (f.levels << 24)) || int4send(f.money) || int4send(f.fresh) || int4send(f.span)
               || int4send(f.queue)
      FROM (
        SELECT one.*,
               row_number() OVER (PARTITION BY place_id ORDER BY open DESC, crebo) = 1 AS main,
               coalesce(bit_or(level) FILTER (WHERE open) OVER (PARTITION BY place_id), 0) AS levels,
               (least(65535, applying) << 12) | (least(255, answer_penalty::integer) << 4) | level AS queue
          FROM (
            SELECT s.id, s.qualification_id AS crebo, p.id AS place_id, p.period_id, p.starts_on, p.ends_on, p.applying, p.answer_penalty, 1 << (q.level - 1) AS level,
                   p.state = 'open' AND p.taken < p.capacity AND p.ends_on > current_date AND EXISTS (
                       SELECT FROM companies_recognition v
                         JOIN reference_qualification vq ON vq.crebo = v.qualification_id
                        WHERE v.company_id = p.company_id AND v.valid
                          AND (v.qualification_id = q.crebo OR q.kind <> 'mbo' AND vq.sector_chamber_id = q.sector_chamber_id)
                   ) AS open,
                   placements_bits(p.pathways, '{BOL,BBL}')
                       | (placements_bits(p.days, '{mo,tu,we,th,fr,sa,su}') << 2)
                       | (placements_bits(p.requirements, '{vog,age16,age18,vca,driving_b,forklift,hygiene,first_aid}') << 9)
                       | (placements_bits(p.offers, '{step_free,quiet,short_days,fixed_tasks,one_contact,written,easy_dutch,sitting,no_lifting,sign_or_text,rest_room}')
                          << 17)
                       AS asks,
                   coalesce((SELECT bit_or(1 << g.position)
                               FROM placements_place_goals pg
                               JOIN reference_qualificationgoal g ON g.goal_id = pg.learninggoal_id
                              WHERE pg.place_id = p.id AND g.qualification_id = q.crebo AND g.position < 16
                                AND pg.learninggoal_id <> ALL (coalesce(held.goals, '{}'))), 0)
                       | (coalesce(array_position('{care,childcare,shop,hospitality,office,ict,workshop,building,factory,logistics,green,government,culture,personal}',
                                                 c.kind::text), 0) << 16)
                       | (p.support::integer << 20) | ((p.group_size > 1)::integer << 22) | ((p.expenses > 0)::integer << 23)
                       AS gives,
                   (least(32767, p.allowance) << 16) | (p.capacity - p.taken) AS money,
                   (placements_day((p.confirmed_at AT TIME ZONE 'Europe/Amsterdam')::date) << 16)
                       | placements_day((p.created_at AT TIME ZONE 'Europe/Amsterdam')::date) AS fresh,
                   (placements_day(p.starts_on) << 16) | placements_day(p.ends_on) AS span
              FROM placements_placesearchrow s
              JOIN placements_place p ON p.id = s.place_id
              JOIN companies_company c ON c.id = p.company_id
              JOIN reference_qualification q ON q.crebo = s.qualification_id
              -- Once for each company, however many places of it are wanted.
              LEFT JOIN (SELECT w.company_id, array_agg(w.goal_id) AS goals FROM companies_withheldgoal w
                          WHERE w.company_id IN (SELECT company_id FROM placements_place WHERE id = ANY (wanted)) GROUP BY w.company_id
              ) AS held ON held.company_id = p.company_id
             WHERE s.place_id = ANY (wanted)
          ) AS one
      ) AS f
     WHERE r.id = f.id;
END $$;

CREATE OR REPLACE FUNCTION placements_refresh_words(wanted bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Every stem twice: as it is, and with the 20 kilometre square in which the place lies, so that a search around a point reads
    -- the rows of a few squares and not those of the country (placements/search/words.py).
    UPDATE placements_placesearchrow r
       SET words = array_to_tsvector(f.stems || ARRAY(SELECT stem || '@' || (r.y / 20000 * 100 + r.x / 20000) FROM unnest(f.stems) AS stem))
      FROM (
        SELECT p.id, tsvector_to_array(to_tsvector('dutch', p.title || ' ' || c.name || ' ' || p.tasks)) AS stems
          FROM placements_place p JOIN companies_company c ON c.id = p.company_id
         WHERE p.id = ANY (wanted)
      ) AS f
     WHERE r.place_id = f.id;
END $$;

-- What a place teaches: its rows of goals.
CREATE OR REPLACE FUNCTION placements_goals_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM placements_refresh_search(array_agg(DISTINCT place_id)) FROM made; RETURN NULL; END $$;
CREATE OR REPLACE FUNCTION placements_goals_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM placements_refresh_search(array_agg(DISTINCT place_id)) FROM gone; RETURN NULL; END $$;
CREATE TRIGGER search_rows_follow_goals_made AFTER INSERT ON placements_place_goals
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION placements_goals_made();
CREATE TRIGGER search_rows_follow_goals_gone AFTER DELETE ON placements_place_goals
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION placements_goals_gone();

-- What a company is called, what kind it is, and what it is recognised for.
CREATE OR REPLACE FUNCTION placements_company_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint[];
BEGIN
    SELECT array_agg(id) INTO wanted FROM placements_place WHERE company_id = NEW.id;
    PERFORM placements_refresh_search(wanted), placements_refresh_words(wanted);
    RETURN NULL;
END $$;
CREATE TRIGGER search_rows_follow_company AFTER UPDATE OF kind, name ON companies_company FOR EACH ROW
    WHEN (OLD.kind <> NEW.kind OR OLD.name <> NEW.name) EXECUTE FUNCTION placements_company_changed();

CREATE OR REPLACE FUNCTION placements_recognition_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM placements_refresh_search(array_agg(id)) FROM placements_place
      WHERE company_id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.company_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.company_id END);
    RETURN NULL;
END $$;
CREATE TRIGGER search_rows_follow_recognition AFTER INSERT OR DELETE OR UPDATE OF state, company_id, qualification_id
    ON companies_recognition FOR EACH ROW EXECUTE FUNCTION placements_recognition_changed();

-- Words of qualifications, with Dutch stems and with typing errors; names of companies with typing errors.
CREATE INDEX reference_qualification_words ON reference_qualification USING gin (to_tsvector('dutch', search_text)) WHERE current;
CREATE INDEX reference_qualification_trigrams ON reference_qualification USING gin (search_text gin_trgm_ops) WHERE current;
CREATE INDEX companies_company_trigrams ON companies_company USING gin (name gin_trgm_ops);
