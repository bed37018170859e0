#include "server/flows/import_file.hpp"

#include <memory>
#include <optional>
#include <utility>

#include "server/base/clock.hpp"
#include "server/base/crash_point.hpp"
#include "server/base/csv.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/ids.hpp"
#include "server/base/log.hpp"
#include "server/flows/import_story.hpp"

namespace flows {
namespace {

constexpr int races_max = 5;
// A whole college at once; the pool starts no further attempt after that.
constexpr db::limits within{std::chrono::minutes{10}};

std::unique_ptr<import_story> story_of(import_kind kind, const import_surroundings& around) {
    switch (kind) {
        case import_kind::students:
            return import_students_story(around);
        case import_kind::bills:
            return import_bills_story(around);
        case import_kind::items:
            return import_items_story(around);
        case import_kind::adjustments:
            return import_adjustments_story(around);
    }
    throw base::error{base::errc::internal, "an import of no known kind"};
}

import_report refused(import_report report) {
    report.outcome = import_outcome::refused_faults;
    return report;
}

// The table dies here: the story keeps what it needs of it.
void check(import_story& story, std::string bytes, import_report& report) {
    try {
        const auto table = base::read_csv(std::move(bytes));
        report.encoding = table.encoding();
        story.check(table, report);
        if (report.rows == 0 && report.faults.empty()) {
            report.faults.add({0, "", "file_empty", "标题行下没有数据"});
        }
    } catch (const base::csv_refusal& no) {
        report.faults.add({no.row(), "", no.code(), std::string{no.message()}});
    }
}

std::int64_t write(
    const import_parts& with,
    const import_request& request,
    const import_report& report,
    const db::import_writes& writes
) {
    const auto sha256 = base::from_hex(report.sha256).value_or("");
    const auto& found = report.difference;
    const db::import_batch batch{
        base::next_id(),
        name_of(request.kind),
        sha256,
        static_cast<std::int64_t>(found.rows_new),
        static_cast<std::int64_t>(found.rows_changed),
        static_cast<std::int64_t>(found.rows_unchanged),
        request.made_by};
    const auto now = base::now_ms();
    const auto unit = [&](db::connection& db) { db::write_import(db, batch, writes, now); };
    base::crash_point("import.before_unit");
    with.pool.run_now(unit, within);
    base::crash_point("import.after_unit");
    return batch.id;
}

// One round of reading, comparing and writing. nullopt: somebody else wrote meanwhile.
std::optional<import_report> attempt(
    const import_parts& with,
    const import_request& request,
    import_story& story,
    import_report report
) {
    const auto look = [&](db::connection& db) { story.look(db); };
    with.pool.run_now(look, within);
    base::crash_point("import.after_look");
    const auto writes = story.compare(report);
    if (!report.faults.empty()) return refused(std::move(report));
    if (report.difference.rows_in_conflict > 0) {
        report.outcome = import_outcome::refused_conflicts;
        return report;
    }
    if (request.dry_run) {
        report.outcome = import_outcome::shown;
        return report;
    }
    const bool changes = report.difference.rows_new + report.difference.rows_changed > 0;
    report.outcome = changes ? import_outcome::written : import_outcome::unchanged;
    if (with.before_writing) with.before_writing();
    try {
        report.batch_id = write(with, request, report, writes);
    } catch (const db::import_raced&) {
        return std::nullopt;
    }
    return report;
}

}  // namespace

import_report import_file(const import_parts& with, import_request request) {
    const import_surroundings around{
        with.vault, with.mch_ids, base::business_day_of(base::now_ms())};
    const auto story = story_of(request.kind, around);
    import_report checked;
    checked.kind = request.kind;
    checked.sha256 = base::to_hex(base::sha256(request.bytes));
    check(*story, std::exchange(request.bytes, {}), checked);
    // Without rows there is nothing to compare; with faults in some, the others may have more.
    if (checked.rows == 0) return refused(std::move(checked));
    for (int race = 0; race < races_max; ++race) {
        if (auto report = attempt(with, request, *story, checked)) return *std::move(report);
        base::log::info("import_raced", {{"kind", name_of(request.kind)}, {"race", race + 1}});
    }
    throw base::error{base::errc::busy, "others kept changing the rows of the import"};
}

}  // namespace flows
