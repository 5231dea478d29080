"""Addresses of schools."""

from django.urls import path

from schools.views import imports, register, school, staff, students, verifications, ways

app_name = "schools"
urlpatterns = [
    path("", school.detail, name="detail"),
    path("aanmelden/", register.search, name="register"),
    path("aanmelden/<slug:code>/", register.register, name="register_school"),
    path("aanmelden/<slug:code>/meedoen/", register.join, name="join"),
    path("verificaties/", verifications.overview, name="verifications"),
    path("verificaties/<uuid:public_id>/", verifications.decide, name="decide"),
    path("opleidingen/", school.programmes, name="programmes"),
    path("opleidingen/nieuw/", school.programme_add, name="programme_add"),
    path("opleidingen/<uuid:public_id>/", school.programme, name="programme"),
    path("opleidingen/<uuid:public_id>/plaatsen/", ways.programme_way, name="programme_way"),
    path("medewerkers/", staff.staff, name="staff"),
    path("medewerkers/uitnodigen/", staff.invite, name="staff_invite"),
    path("medewerkers/uitnodigingen/<int:pk>/", staff.invitation, name="staff_invitation"),
    path("medewerkers/<int:pk>/opleidingen/", staff.programmes, name="staff_programmes"),
    path("medewerkers/<int:pk>/beeindigen/", staff.end, name="staff_end"),
    path("medewerkers/<int:pk>/terug/", staff.restore, name="staff_restore"),
    path("studenten/", students.overview, name="students"),
    path("studenten/nieuw/", students.add, name="student_add"),
    path("studenten/uitnodigen/", students.invite, name="students_invite"),
    path("studenten/invoeren/", imports.upload, name="import"),
    path("studenten/invoeren/voorbeeld.csv", imports.sample, name="import_sample"),
    path("studenten/invoeren/<uuid:uuid>/", imports.batch, name="import_batch"),
    path("studenten/invoeren/<uuid:uuid>/fout.csv", imports.wrong_rows, name="import_wrong"),
    path("studenten/invoeren/<uuid:uuid>/uitvoeren/", imports.apply, name="import_apply"),
    path("studenten/invoeren/<uuid:uuid>/annuleren/", imports.cancel, name="import_cancel"),
    path("studenten/invoeren/<uuid:uuid>/terugdraaien/", imports.undo, name="import_undo"),
    path("studenten/<uuid:public_id>/", students.student, name="student"),
    path("studenten/<uuid:public_id>/wijzigen/", students.change, name="student_change"),
    path("studenten/<uuid:public_id>/vertrokken/", students.left, name="student_left"),
    path("studenten/<uuid:public_id>/ouders/", students.guardian_add, name="guardian_add"),
    path("studenten/<uuid:public_id>/ouders/<int:pk>/", students.guardian, name="guardian"),
]
