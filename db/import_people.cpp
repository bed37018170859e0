#include <unordered_set>

#include "db/import_writers.hpp"
#include "db/many_rows.hpp"

namespace db {
namespace {

#define CAMPUS_IMPORT_PERSON                                                            \
    "SELECT id, student_no, kind, status, name, id_number_hash, gender, phone_sealed, " \
    "college, major, class_name, grade, version FROM people WHERE "

constexpr auto by_student_no = CAMPUS_IMPORT_PERSON "student_no IN (";
constexpr auto by_id_number = CAMPUS_IMPORT_PERSON "id_number_hash IN (";

constexpr many_rows insert_rows{
    "INSERT INTO people (id, student_no, kind, status, name, id_number_hash, id_number_sealed, "
    "gender, phone_sealed, college, major, class_name, grade, created_ms, changed_ms) VALUES ",
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};

// A join with a made-up table updates many rows at once and still decides row by row. The casts
// give its columns types: without them some engines compare ids as floating point numbers.
constexpr many_rows update_rows{
    "UPDATE people AS p JOIN (",
    "SELECT CAST(? AS SIGNED), CAST(? AS SIGNED), CAST(? AS CHAR(32)), CAST(? AS CHAR(8)), "
    "CAST(? AS CHAR(8)), CAST(? AS CHAR(64)), CAST(? AS CHAR(8)), CAST(? AS BINARY), "
    "CAST(? AS CHAR(64)), CAST(? AS CHAR(64)), CAST(? AS CHAR(64)), CAST(? AS CHAR(16))",
    " UNION ALL ",
    ") AS f ON p.id = f.id SET p.student_no = f.student_no, p.kind = f.kind, "
    "p.status = f.status, p.name = f.name, p.gender = f.gender, p.phone_sealed = f.phone_sealed, "
    "p.college = f.college, p.major = f.major, p.class_name = f.class_name, p.grade = f.grade, "
    "p.version = p.version + 1, p.changed_ms = ? WHERE p.version = f.version",
    "SELECT CAST(? AS SIGNED) AS id, CAST(? AS SIGNED) AS version, "
    "CAST(? AS CHAR(32)) AS student_no, CAST(? AS CHAR(8)) AS kind, CAST(? AS CHAR(8)) AS status, "
    "CAST(? AS CHAR(64)) AS name, CAST(? AS CHAR(8)) AS gender, CAST(? AS BINARY) AS phone_sealed, "
    "CAST(? AS CHAR(64)) AS college, CAST(? AS CHAR(64)) AS major, "
    "CAST(? AS CHAR(64)) AS class_name, CAST(? AS CHAR(16)) AS grade"};

stored_person person_of(const rows& row) {
    stored_person out;
    out.id = row.i64("id");
    out.student_no = row.maybe_text("student_no");
    out.kind = row.text("kind");
    out.status = row.text("status");
    out.name = row.text("name");
    out.id_number_hash = row.bytes("id_number_hash");
    out.gender = row.text("gender");
    out.phone_sealed = row.maybe_bytes("phone_sealed");
    out.college = row.text("college");
    out.major = row.text("major");
    out.class_name = row.text("class_name");
    out.grade = row.text("grade");
    out.version = row.i64("version");
    return out;
}

std::optional<blob> maybe_blob(const std::optional<std::string>& bytes) {
    return bytes ? std::optional{blob{*bytes}} : std::nullopt;
}

}  // namespace

std::vector<stored_person> people_with(
    connection& db,
    const std::vector<std::string_view>& student_nos,
    const std::vector<std::string_view>& id_number_hashes
) {
    std::vector<stored_person> out;
    std::unordered_set<std::int64_t> seen;
    const auto keep = [&](const rows& row) {
        if (seen.insert(row.i64("id")).second) out.push_back(person_of(row));
    };
    select_in_pieces(db, by_student_no, std::span{student_nos}, keep);
    std::vector<blob> hashes;
    hashes.reserve(id_number_hashes.size());
    for (const auto hash : id_number_hashes) hashes.emplace_back(hash);
    select_in_pieces(db, by_id_number, std::span<const blob>{hashes}, keep);
    return out;
}

void insert_people(connection& db, const std::vector<stored_person>& people, base::epoch_ms now) {
    const auto fill = [now](std::vector<value>& values, const stored_person& one) {
        values.insert(
            values.end(),
            {one.id,
             one.student_no,
             one.kind,
             one.status,
             one.name,
             blob{one.id_number_hash},
             blob{one.id_number_sealed},
             one.gender,
             maybe_blob(one.phone_sealed),
             one.college,
             one.major,
             one.class_name,
             one.grade,
             now,
             now}
        );
    };
    change_in_pieces(db, insert_rows, std::span{people}, fill);
}

void update_people(connection& db, const std::vector<stored_person>& people, base::epoch_ms now) {
    const auto fill = [](std::vector<value>& values, const stored_person& one) {
        values.insert(
            values.end(),
            {one.id,
             one.version,
             one.student_no,
             one.kind,
             one.status,
             one.name,
             one.gender,
             maybe_blob(one.phone_sealed),
             one.college,
             one.major,
             one.class_name,
             one.grade}
        );
    };
    const auto changed = change_in_pieces(db, update_rows, std::span{people}, fill, {now});
    if (changed != static_cast<std::int64_t>(people.size())) throw import_raced{};
}

}  // namespace db
