"""Who gets what from which address: the table that tests/access/test_matrix.py holds every address against.

Each row: who may open it, what they get on GET and on POST (of an empty form), and the names of the addresses.
A visitor who is not in `who` goes to the login page; everybody else gets 404, as if it did not exist. `on` names the kind
of object in the address (tests/access/world.py): somebody else's object answers 404 too, unless `anyones`.
"""

from dataclasses import dataclass

from accounts.hats import COMPANY_HATS, POST_HATS, SCHOOL_HATS, HatKind
from tests.access.world import VISITOR

H = HatKind
HATS: tuple[str, ...] = (VISITOR, *HatKind)
EVERYBODY = frozenset(HATS)
SIGNED_IN = frozenset(HatKind)
VISITORS = frozenset({VISITOR})
STUDENT = frozenset({H.STUDENT})
CONTACT = frozenset({H.COMPANY_CONTACT})
KEEPERS = frozenset({H.STUDENT, *SCHOOL_HATS})
APPLYING = frozenset({H.STUDENT, *COMPANY_HATS})
BRINGERS = frozenset({H.COORDINATOR, H.SCHOOL_ADMIN})
COORDINATOR = frozenset({H.COORDINATOR})
SCHOOL_ADMIN = frozenset({H.SCHOOL_ADMIN})
ADVISORS = frozenset({H.ADVISOR_PRACTICE, H.ADVISOR_TARGET_GROUPS})
PRACTICE = frozenset({H.ADVISOR_PRACTICE})
DOERS = ADVISORS | {H.SCOUT}
SCOUT = frozenset({H.SCOUT})
ADMINISTRATOR = frozenset({H.ADMINISTRATOR})
POSTS = frozenset(POST_HATS)

PAGE, NO_CONTENT, SENT_ON, HIDDEN, WRONG_METHOD, GONE, NOT_READY = 200, 204, 302, 404, 405, 410, 503


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    who: frozenset[str]
    get: int
    post: int
    names: str
    on: str = ""
    anyones: bool = False  # whoever may open it may open everybody's, not only their own organisation's
    others: int = HIDDEN  # what the signed-in get who are not in `who`
    foreign: int = HIDDEN  # what those in `who` get for an object that is not theirs

    def expects(self, hat: str, method: str) -> set[int]:
        """The answers that somebody under this hat may get."""
        own = self.get if method == "GET" else self.post
        if hat in self.who:
            return {own}
        if hat == VISITOR:
            return {SENT_ON}
        # Whether the method or the hat is looked at first tells nobody anything.
        return {self.others, WRONG_METHOD} if own == WRONG_METHOD else {self.others}


TABLE = (
    # -- everybody: with the second block these are the only views without login
    Row(EVERYBODY, PAGE, WRONG_METHOD, "home health_live sources privacy accessibility qualification_search demo"),
    Row(EVERYBODY, PAGE, WRONG_METHOD, "matching:how companies:registered schools:register"),
    Row(EVERYBODY, PAGE, WRONG_METHOD, "placements:search placements:search_map"),
    Row(EVERYBODY, PAGE, WRONG_METHOD, "placements:place_page", on="place", anyones=True),
    Row(EVERYBODY, PAGE, WRONG_METHOD, "placements:askable"),
    Row(EVERYBODY, HIDDEN, WRONG_METHOD, "placements:feed", on="unknown link"),
    Row(EVERYBODY, GONE, GONE, "placements:unsubscribe", on="unknown link"),
    Row(EVERYBODY, PAGE, WRONG_METHOD, "qualification_choices", on="field"),
    Row(EVERYBODY, PAGE, WRONG_METHOD, "matching:criteria", on="version"),
    Row(EVERYBODY, PAGE, WRONG_METHOD, "matching:published_outcomes", on="finished round"),
    Row(EVERYBODY, NOT_READY, WRONG_METHOD, "health_ready"),  # no worker runs beside these tests
    Row(EVERYBODY, SENT_ON, SENT_ON, "set_language"),
    Row(EVERYBODY, PAGE, PAGE, "companies:register"),
    Row(EVERYBODY, PAGE, PAGE, "schools:register_school", on="school in the register"),
    Row(EVERYBODY, PAGE, PAGE, "schools:join", on="school that is here"),
    Row(EVERYBODY, GONE, GONE, "accounts:invitation", on="unknown link"),
    Row(EVERYBODY, PAGE, SENT_ON, "demo_person", on="demo person"),  # routed with DEMO_LOGINS only
    Row(EVERYBODY, PAGE, WRONG_METHOD, "shortages:board shortages:board_explained shortages:board_csv shortages:board_xlsx"),
    Row(EVERYBODY, PAGE, WRONG_METHOD, "shortages:board_pdf shortages:board_json"),
    Row(EVERYBODY, HIDDEN, WRONG_METHOD, "shortages:board_pact"),  # of a region, which this address does not name
    # -- signing in and out (allauth)
    Row(VISITORS, PAGE, PAGE, "account_login", others=SENT_ON),
    Row(SIGNED_IN, PAGE, SENT_ON, "account_logout"),  # visitors are sent home
    Row(VISITORS, PAGE, PAGE, "account_signup", others=SENT_ON),  # sign-up is closed: the page says so
    Row(EVERYBODY, PAGE, PAGE, "account_reset_password"),
    Row(EVERYBODY, PAGE, WRONG_METHOD, "account_reset_password_done account_reset_password_from_key_done account_inactive"),
    Row(EVERYBODY, PAGE, WRONG_METHOD, "account_email_verification_sent"),
    Row(EVERYBODY, PAGE, PAGE, "account_reset_password_from_key", on="unknown reset"),
    Row(EVERYBODY, PAGE, HIDDEN, "account_confirm_email", on="unknown key"),
    Row(EVERYBODY, SENT_ON, SENT_ON, "account_confirm_login_code mfa_authenticate"),  # back to the login: nobody is half signed in
    # -- one's own account, under whatever hat
    Row(SIGNED_IN, PAGE, PAGE, "account_settings account_change_password account_reauthenticate"),
    Row(SIGNED_IN, PAGE, SENT_ON, "account_email"),
    Row(SIGNED_IN, SENT_ON, SENT_ON, "account_set_password"),  # who has a password changes it
    Row(SIGNED_IN, WRONG_METHOD, HIDDEN, "switch_hat"),  # an empty form names no hat of one's own
    Row(SIGNED_IN, PAGE, WRONG_METHOD, "mfa_index mfa_list_webauthn"),
    # a second factor is touched after typing the password once more; about one that nobody here has, there is nothing to see
    Row(SIGNED_IN, SENT_ON, SENT_ON, "mfa_activate_totp mfa_add_webauthn mfa_generate_recovery_codes"),
    Row(SIGNED_IN, SENT_ON, SENT_ON, "mfa_reauthenticate mfa_reauthenticate_webauthn"),
    Row(SIGNED_IN, SENT_ON, SENT_ON, "mfa_remove_webauthn mfa_edit_webauthn", on="no security key"),
    Row(SIGNED_IN, HIDDEN, HIDDEN, "mfa_deactivate_totp mfa_download_recovery_codes"),
    Row(SIGNED_IN, HIDDEN, WRONG_METHOD, "mfa_view_recovery_codes"),
    # -- administrators
    Row(ADMINISTRATOR, PAGE, WRONG_METHOD, "accounts:operations accounts:audit schools:verifications"),
    Row(ADMINISTRATOR, PAGE, PAGE, "accounts:posts placements:periods"),
    Row(EVERYBODY, NOT_READY, WRONG_METHOD, "shortages:health_nightly"),  # there are no figures of today beside these tests
    Row(ADMINISTRATOR, PAGE, PAGE, "shortages:nights"),
    Row(ADMINISTRATOR, PAGE, WRONG_METHOD, "shortages:night_progress"),
    Row(ADMINISTRATOR, WRONG_METHOD, SENT_ON, "shortages:night_retry", on="night that failed"),
    Row(ADMINISTRATOR, PAGE, PAGE, "placements:period", on="period"),
    Row(ADMINISTRATOR, PAGE, WRONG_METHOD, "placements:tip_cards"),
    Row(ADMINISTRATOR, PAGE, PAGE, "placements:tip_card", on="tip card"),
    Row(ADMINISTRATOR, WRONG_METHOD, SENT_ON, "placements:reset_tip_card", on="tip card"),
    Row(ADMINISTRATOR, WRONG_METHOD, SENT_ON, "accounts:retry_job", on="job"),
    Row(ADMINISTRATOR, WRONG_METHOD, SENT_ON, "accounts:post_end", on="post"),
    Row(ADMINISTRATOR, WRONG_METHOD, SENT_ON, "accounts:post_invitation", on="invited to a post"),
    Row(ADMINISTRATOR, PAGE, PAGE, "schools:decide", on="school", anyones=True),
    # -- schools
    Row(SCHOOL_HATS, PAGE, WRONG_METHOD, "schools:detail schools:programmes schools:students"),
    Row(SCHOOL_HATS, PAGE, WRONG_METHOD, "schools:student", on="student"),
    Row(BRINGERS, PAGE, PAGE, "schools:student_add schools:import"),
    Row(BRINGERS, WRONG_METHOD, SENT_ON, "schools:students_invite"),
    Row(BRINGERS, PAGE, PAGE, "schools:student_change", on="student"),
    Row(BRINGERS, WRONG_METHOD, SENT_ON, "schools:student_left", on="student"),
    Row(BRINGERS, WRONG_METHOD, PAGE, "schools:guardian_add", on="student"),
    Row(BRINGERS, WRONG_METHOD, SENT_ON, "schools:guardian", on="parent"),
    Row(BRINGERS, PAGE, WRONG_METHOD, "schools:import_sample"),
    Row(BRINGERS, PAGE, WRONG_METHOD, "schools:import_batch schools:import_wrong", on="student import"),
    Row(BRINGERS, WRONG_METHOD, SENT_ON, "schools:import_apply schools:import_undo", on="student import"),
    # a second click finds it forgotten already; somebody else's looks the same and stays
    Row(BRINGERS, WRONG_METHOD, SENT_ON, "schools:import_cancel", on="student import", foreign=SENT_ON),
    Row(SCHOOL_ADMIN, PAGE, WRONG_METHOD, "schools:staff"),
    Row(SCHOOL_ADMIN, PAGE, PAGE, "schools:staff_invite schools:programme_add"),
    Row(SCHOOL_ADMIN, PAGE, PAGE, "schools:programme", on="programme"),
    Row(SCHOOL_ADMIN, PAGE, SENT_ON, "schools:staff_programmes", on="colleague at school"),
    Row(SCHOOL_ADMIN, WRONG_METHOD, SENT_ON, "schools:staff_end", on="colleague at school"),
    Row(SCHOOL_ADMIN, WRONG_METHOD, SENT_ON, "schools:staff_restore", on="left school"),
    Row(SCHOOL_ADMIN, WRONG_METHOD, SENT_ON, "schools:staff_invitation", on="invited to school"),
    Row(SCHOOL_HATS, PAGE, WRONG_METHOD, "placements:school_placement", on="own placement"),
    Row(COORDINATOR, PAGE, PAGE, "placements:school_introduction", on="who comes"),
    Row(COORDINATOR, PAGE, PAGE, "placements:school_withdraw", on="own placement"),
    Row(COORDINATOR, WRONG_METHOD, SENT_ON, "placements:open_requests placements:undo_open_requests"),
    Row(COORDINATOR, PAGE, PAGE, "placements:tier", on="request"),
    Row(BRINGERS, PAGE, PAGE, "schools:programme_way", on="programme"),
    Row(COORDINATOR, PAGE, WRONG_METHOD, "placements:school_applications"),
    Row(COORDINATOR, WRONG_METHOD, SENT_ON, "placements:approve_application", on="accepted application"),
    Row(COORDINATOR, WRONG_METHOD, SENT_ON, "placements:undo_application_approval", on="accepted application"),
    Row(COORDINATOR, PAGE, PAGE, "placements:decline_application", on="accepted application"),
    Row(COORDINATOR, PAGE, WRONG_METHOD, "placements:school_messages", on="who comes"),
    # -- students
    Row(STUDENT, PAGE, WRONG_METHOD, "placements:preparation placements:preparation_reach"),
    Row(STUDENT, WRONG_METHOD, HIDDEN, "placements:start_preparation"),  # an empty form names no period
    Row(STUDENT, WRONG_METHOD, SENT_ON, "placements:finish_preparation"),
    Row(STUDENT, PAGE, PAGE, "placements:preparation_step", on="step"),
    Row(STUDENT, PAGE, WRONG_METHOD, "placements:match", on="own placement"),
    Row(STUDENT, WRONG_METHOD, SENT_ON, "placements:agree", on="own placement"),
    Row(STUDENT, PAGE, PAGE, "placements:object placements:withdraw", on="own placement"),
    Row(STUDENT, PAGE, WRONG_METHOD, "placements:applications"),
    Row(STUDENT, SENT_ON, SENT_ON, "placements:apply", on="applied place", anyones=True),  # to the application that is there already
    Row(STUDENT, PAGE, WRONG_METHOD, "placements:application", on="application"),
    Row(STUDENT, PAGE, SENT_ON, "placements:withdraw_application", on="application"),
    Row(APPLYING, WRONG_METHOD, SENT_ON, "placements:ask placements:answer", on="application"),
    Row(STUDENT, PAGE, PAGE, "placements:messages", on="own placement"),
    Row(STUDENT, WRONG_METHOD, SENT_ON, "placements:report_message", on="message of a company"),
    Row(STUDENT, WRONG_METHOD, SENT_ON, "placements:keep_place", on="place", anyones=True),
    Row(STUDENT, WRONG_METHOD, SENT_ON, "placements:ask_company", on="company that offers nothing"),
    Row(KEEPERS, PAGE, WRONG_METHOD, "placements:saved"),
    Row(KEEPERS, WRONG_METHOD, SENT_ON, "placements:save_search"),
    # each is one person's: of a stranger's there is nothing to see (tests/placements/test_saved.py has the own ones)
    Row(KEEPERS, WRONG_METHOD, HIDDEN, "placements:set_alerts placements:renew_feed placements:remove_search", on="search of a stranger"),
    # -- companies and advisors
    Row(CONTACT, PAGE, WRONG_METHOD, "companies:detail placements:places placements:place_import_example"),
    Row(CONTACT, PAGE, PAGE, "companies:edit companies:request_recognition companies:invite_colleague"),
    Row(CONTACT, WRONG_METHOD, PAGE, "companies:end_membership", on="colleague at company"),
    Row(CONTACT, WRONG_METHOD, SENT_ON, "companies:restore_membership", on="left company"),
    Row(CONTACT, WRONG_METHOD, SENT_ON, "companies:invitation", on="invited to company"),
    Row(CONTACT, PAGE, PAGE, "placements:add_place placements:import_places"),
    Row(CONTACT, WRONG_METHOD, SENT_ON, "placements:confirm_places placements:place_reminders"),
    Row(CONTACT, PAGE, PAGE, "placements:pause_places placements:copy_places"),
    Row(CONTACT, PAGE, WRONG_METHOD, "placements:earned"),
    Row(CONTACT, WRONG_METHOD, SENT_ON, "placements:take_over", on="trainer who left"),
    Row(EVERYBODY, GONE, GONE, "placements:answer_place_by_mail placements:confirm_places_by_mail", on="unknown link"),
    Row(EVERYBODY, GONE, GONE, "placements:stop_place_reminders", on="unknown link"),
    Row(CONTACT, PAGE, PAGE, "placements:edit_place", on="place"),
    Row(CONTACT, WRONG_METHOD, SENT_ON, "placements:copy_place", on="place"),
    Row(CONTACT, WRONG_METHOD, SENT_ON, "placements:set_place_state", on="place and act"),
    Row(CONTACT, PAGE, WRONG_METHOD, "placements:place_import placements:place_import_wrong_rows", on="place import"),
    Row(CONTACT, WRONG_METHOD, SENT_ON, "placements:apply_place_import placements:undo_place_import", on="place import"),
    Row(COMPANY_HATS, PAGE, WRONG_METHOD, "placements:who_comes"),
    Row(COMPANY_HATS, PAGE, WRONG_METHOD, "placements:who_comes_detail", on="who comes"),
    Row(COMPANY_HATS, PAGE, PAGE, "placements:introduction placements:claim_refusal", on="who comes"),
    Row(COMPANY_HATS, PAGE, WRONG_METHOD, "placements:applicants"),
    Row(COMPANY_HATS, PAGE, WRONG_METHOD, "placements:applicant", on="application"),
    Row(COMPANY_HATS, WRONG_METHOD, SENT_ON, "placements:applicant_seen placements:accept_applicant placements:undo_answer", on="application"),
    Row(COMPANY_HATS, WRONG_METHOD, PAGE, "placements:decline_applicant", on="application"),
    Row(COMPANY_HATS, PAGE, PAGE, "placements:company_messages", on="who comes"),
    Row(COMPANY_HATS, WRONG_METHOD, SENT_ON, "placements:company_report_message", on="message of a student"),
    Row(EVERYBODY, GONE, GONE, "placements:answer_by_mail", on="unknown link"),
    Row(ADVISORS, PAGE, WRONG_METHOD, "companies:recognitions"),
    Row(ADVISORS, PAGE, WRONG_METHOD, "companies:recognition", on="recognition"),
    Row(PRACTICE, PAGE, PAGE, "companies:plan_visit companies:assess companies:end", on="recognition"),
    Row(PRACTICE, PAGE, PAGE, "companies:decide", on="assessed recognition"),
    Row(PRACTICE, SENT_ON, SENT_ON, "companies:lift", on="recognition"),
    Row(ADVISORS | CONTACT, PAGE, WRONG_METHOD, "companies:letter", on="letter"),
    Row(ADVISORS, PAGE, WRONG_METHOD, "companies:doubles"),
    Row(ADVISORS, PAGE, PAGE, "companies:compare", on="two records"),
    Row(ADVISORS, PAGE, WRONG_METHOD, "companies:merge", on="merge"),
    Row(PRACTICE, WRONG_METHOD, SENT_ON, "companies:decide_merge companies:undo_merge", on="merge"),
    Row(CONTACT, PAGE, PAGE, "companies:own_double"),
    Row(PRACTICE, PAGE, WRONG_METHOD, "companies:visits companies:visits_map"),
    Row(PRACTICE, PAGE, PAGE, "companies:visit", on="visit"),
    Row(PRACTICE, PAGE, WRONG_METHOD, "companies:visit_saved", on="visit"),
    Row(PRACTICE, WRONG_METHOD, SENT_ON, "companies:visit_cancel", on="visit"),
    Row(EVERYBODY, HIDDEN, WRONG_METHOD, "companies:visits_feed", on="unknown link"),
    Row(PRACTICE, WRONG_METHOD, SENT_ON, "companies:renew_visits_feed"),
    Row(CONTACT, WRONG_METHOD, SENT_ON, "companies:submit companies:set_calls"),
    Row(PRACTICE | ADMINISTRATOR, PAGE, WRONG_METHOD, "companies:claims"),
    Row(PRACTICE | ADMINISTRATOR, WRONG_METHOD, SENT_ON, "companies:decide_claim", on="claim on company", anyones=True),  # regions: tests/companies
    Row(PRACTICE | ADMINISTRATOR, PAGE, SENT_ON, "companies:refuse_claim", on="claim on company", anyones=True),
    Row(CONTACT, WRONG_METHOD, SENT_ON, "companies:take_back", on="recognition"),
    # -- shortages
    Row(POSTS, PAGE, WRONG_METHOD, "shortages:board_municipalities"),
    Row(POSTS, PAGE, WRONG_METHOD, "shortages:board_municipality", on="municipality"),
    Row(BRINGERS, PAGE, WRONG_METHOD, "shortages:school_shortages shortages:stagepact"),
    # -- matching
    Row(BRINGERS, PAGE, WRONG_METHOD, "matching:rounds"),
    Row(BRINGERS, PAGE, WRONG_METHOD, "matching:round", on="round"),
    Row(BRINGERS, PAGE, WRONG_METHOD, "matching:run matching:result matching:class_summary matching:outcomes", on="run"),
    Row(BRINGERS, PAGE, WRONG_METHOD, "matching:proposal", on="proposal"),
    Row(BRINGERS, PAGE, WRONG_METHOD, "matching:why_nothing matching:what_helps", on="proposal"),
    Row(BRINGERS, PAGE, WRONG_METHOD, "matching:why_not", on="proposal and place"),
    Row(STUDENT, PAGE, WRONG_METHOD, "matching:unplaced"),
    Row(COORDINATOR, PAGE, PAGE, "matching:round_new"),
    Row(COORDINATOR, PAGE, WRONG_METHOD, "matching:compare", on="round"),
    Row(COORDINATOR, PAGE, PAGE, "matching:what_if", on="run"),  # an empty form changes nothing, and says so
    Row(COORDINATOR, WRONG_METHOD, SENT_ON, "matching:what_if_cancel", on="run"),
    Row(COORDINATOR, WRONG_METHOD, SENT_ON, "matching:run_start matching:round_publish matching:round_remind", on="round"),
    Row(COORDINATOR, WRONG_METHOD, SENT_ON, "matching:compare_start matching:compare_cancel matching:choose_policy", on="round"),
    Row(COORDINATOR, WRONG_METHOD, SENT_ON, "matching:run_cancel matching:take_over matching:approve_many", on="run"),
    Row(COORDINATOR, WRONG_METHOD, SENT_ON, "matching:approve matching:undo", on="proposal"),
    Row(COORDINATOR, PAGE, PAGE, "matching:decline", on="proposal"),
    Row(COORDINATOR, PAGE, WRONG_METHOD, "matching:judge"),
    Row(COORDINATOR, PAGE, PAGE, "matching:objection", on="objection"),
    Row(COORDINATOR, PAGE, PAGE, "matching:refusal", on="claim"),
    # -- reports of a shortage
    Row(EVERYBODY, PAGE, PAGE, "shortages:report shortages:report_send"),
    Row(EVERYBODY, PAGE, WRONG_METHOD, "shortages:report_look shortages:report_found"),
    Row(EVERYBODY, GONE, GONE, "shortages:report_confirm shortages:report_follow_withdraw", on="unknown link"),
    Row(EVERYBODY, GONE, WRONG_METHOD, "shortages:report_follow", on="unknown link"),
    Row(EVERYBODY, WRONG_METHOD, GONE, "shortages:report_follow_answer", on="unknown link and answer"),
    Row(SIGNED_IN, PAGE, WRONG_METHOD, "shortages:my_reports"),
    # a report is its sender's own (tests/shortages/test_reports_pages.py): of a stranger's there is nothing to see
    Row(SIGNED_IN, HIDDEN, WRONG_METHOD, "shortages:my_report shortages:my_report_map", on="report of a stranger"),
    Row(SIGNED_IN, HIDDEN, HIDDEN, "shortages:my_report_withdraw", on="report of a stranger"),
    Row(SIGNED_IN, WRONG_METHOD, HIDDEN, "shortages:my_report_name", on="report of a stranger"),
    Row(SIGNED_IN, WRONG_METHOD, HIDDEN, "shortages:my_report_answer", on="report of a stranger and answer"),
    Row(DOERS, PAGE, WRONG_METHOD, "shortages:tasks shortages:acts"),
    Row(DOERS, PAGE, WRONG_METHOD, "shortages:act", on="act", anyones=True),  # a post without regions covers all
    Row(DOERS, WRONG_METHOD, SENT_ON, "shortages:take_act", on="act", anyones=True),
    Row(DOERS, PAGE, PAGE, "shortages:task", on="task", anyones=True),
    Row(DOERS, WRONG_METHOD, SENT_ON, "shortages:take_over_task", on="task", anyones=True),
    Row(DOERS, WRONG_METHOD, HIDDEN, "shortages:undo_task shortages:give_back_task", on="task", anyones=True),  # somebody else's
    Row(DOERS | COORDINATOR, WRONG_METHOD, SENT_ON, "shortages:my_digests"),
    Row(EVERYBODY, GONE, GONE, "shortages:digest_off shortages:weekly_confirm shortages:weekly_stop", on="unknown link"),
    Row(ADMINISTRATOR, PAGE, PAGE, "shortages:subscriptions"),
    Row(ADMINISTRATOR, PAGE, SENT_ON, "shortages:end_subscription", on="subscription", anyones=True),
    # -- call rounds: who calls in a region sees its rounds; a post without regions covers all (tests/campaigns/test_call_pages.py)
    Row(POSTS, PAGE, WRONG_METHOD, "campaigns:rounds campaigns:round_audience"),
    Row(POSTS, PAGE, PAGE, "campaigns:round_new"),
    Row(POSTS, PAGE, WRONG_METHOD, "campaigns:round campaigns:round_progress campaigns:round_csv", on="call round", anyones=True),
    Row(POSTS, PAGE, PAGE, "campaigns:round_edit", on="call round that waits", anyones=True),
    Row(POSTS, WRONG_METHOD, SENT_ON, "campaigns:round_start campaigns:round_pause campaigns:round_go_on", on="call round that waits", anyones=True),
    Row(POSTS, PAGE, SENT_ON, "campaigns:round_end", on="call round that waits", anyones=True),
    Row(DOERS, WRONG_METHOD, SENT_ON, "campaigns:call_next", on="call round", anyones=True),
    Row(DOERS, PAGE, PAGE, "campaigns:call", on="call", anyones=True),
    Row(DOERS, WRONG_METHOD, NO_CONTENT, "campaigns:call_keep", on="call", anyones=True),
    Row(DOERS, WRONG_METHOD, SENT_ON, "campaigns:call_put_back", on="call", anyones=True),
    Row(DOERS, WRONG_METHOD, HIDDEN, "campaigns:call_undo", on="outcome of a call", anyones=True),  # a colleague's
    # -- scouts
    # -- mailings: who wrote one moves it, and once they have left whoever sees it (tests/campaigns/test_mailings.py)
    Row(POSTS, PAGE, WRONG_METHOD, "campaigns:mailings"),
    Row(POSTS, PAGE, PAGE, "campaigns:mailing_new"),
    Row(POSTS, PAGE, WRONG_METHOD, "campaigns:mailing campaigns:mailing_progress", on="mailing that was sent", anyones=True),
    Row(POSTS, PAGE, PAGE, "campaigns:mailing_edit", on="mailing of who left", anyones=True),
    Row(POSTS, WRONG_METHOD, SENT_ON, "campaigns:mailing_pause campaigns:mailing_go_on", on="mailing of who left", anyones=True),
    Row(POSTS, WRONG_METHOD, SENT_ON, "campaigns:mailing_try", on="mailing of who left", anyones=True),
    Row(POSTS, SENT_ON, SENT_ON, "campaigns:mailing_send campaigns:mailing_stop", on="mailing of who left", anyones=True),  # there is nobody to mail
    Row(POSTS, PAGE, SENT_ON, "campaigns:mailing_throw_away", on="mailing of who left", anyones=True),
    Row(EVERYBODY, GONE, GONE, "campaigns:mailing_answer", on="unknown link"),
    Row(DOERS, PAGE, WRONG_METHOD, "campaigns:worklist"),
    Row(DOERS, PAGE, WRONG_METHOD, "campaigns:programme", on="programme that lacks places", anyones=True),
    Row(DOERS, PAGE, WRONG_METHOD, "campaigns:company", on="company that could help", anyones=True),
    Row(POSTS, PAGE, WRONG_METHOD, "campaigns:results campaigns:results_csv"),
    Row(SCOUT, PAGE, WRONG_METHOD, "campaigns:leads"),
    Row(SCOUT, PAGE, PAGE, "campaigns:lead_add"),
    Row(SCOUT, PAGE, WRONG_METHOD, "campaigns:lead", on="lead", anyones=True),  # a post without regions covers all: tests/campaigns/test_leads.py
    Row(SCOUT, PAGE, PAGE, "campaigns:lead_change", on="lead", anyones=True),
    Row(SCOUT, WRONG_METHOD, SENT_ON, "campaigns:lead_move campaigns:lead_send", on="lead", anyones=True),
    Row(SCOUT, WRONG_METHOD, SENT_ON, "campaigns:lead_take_over campaigns:lead_hand_over", on="lead", anyones=True),
    Row(EVERYBODY, GONE, WRONG_METHOD, "campaigns:lead_link", on="unknown link"),
    Row(EVERYBODY, WRONG_METHOD, GONE, "campaigns:lead_refuse", on="unknown link"),
    Row(POSTS, PAGE, WRONG_METHOD, "shortages:desk"),
    Row(POSTS, PAGE, WRONG_METHOD, "shortages:desk_report shortages:desk_map", on="report", anyones=True),  # a post without regions covers all
    Row(ADVISORS, WRONG_METHOD, PAGE, "shortages:desk_act", on="report and act"),
)
ROWS = {name: row for row in TABLE for name in row.names.split()}
# Views open to the outside: every other address must ask for a login.
WITHOUT_LOGIN = {name for name, row in ROWS.items() if VISITOR in row.who} | {"account_logout"}


def shared(hat: str, row: Row) -> bool:
    """Whether the class next door is this hat's own too: one school, one company."""
    if hat == H.STUDENT or row.on == "student import":  # an import is seen by whoever uploaded it, and by the administrator
        return hat == H.SCHOOL_ADMIN
    return hat in {H.SCHOOL_ADMIN, *COMPANY_HATS, *ADVISORS}
