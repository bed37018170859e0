#include "server/flows/import_text.hpp"

#include <iterator>

#include <fmt/format.h>

namespace flows {
namespace {

using buffer = std::back_insert_iterator<std::string>;

std::string place_of(std::size_t row) {
    return row == 0 ? "整个文件" : fmt::format("第 {} 行", row);
}

std::string_view sentence_for(import_outcome outcome) {
    switch (outcome) {
        case import_outcome::refused_faults:
            return "文件有误，未写入任何数据。请改正后重新导入。";
        case import_outcome::refused_conflicts:
            return "与已有数据冲突，未写入任何数据。请核对后重新导入。";
        case import_outcome::shown:
            return "试运行：未写入任何数据。去掉 --dry-run 即可导入。";
        case import_outcome::written:
            return "已全部写入。";
        case import_outcome::unchanged:
            return "与已有数据完全一致，无需写入。";
    }
    return "";
}

std::string money_of(const import_report& report, base::fen amount) {
    if (report.kind != import_kind::bills) return {};
    return fmt::format("，合计 {} 元", base::to_grouped_yuan(amount));
}

void put_counts(buffer out, const import_report& report) {
    const auto& found = report.difference;
    fmt::format_to(out, "  新增 {} 行{}\n", found.rows_new, money_of(report, found.new_total));
    fmt::format_to(
        out, "  变更 {} 行{}\n", found.rows_changed, money_of(report, found.changed_total)
    );
    fmt::format_to(out, "  不变 {} 行\n", found.rows_unchanged);
    if (found.rows_in_conflict > 0) fmt::format_to(out, "  冲突 {} 行\n", found.rows_in_conflict);
}

void put_lines(
    buffer out, std::string_view title, const std::vector<import_line>& lines, std::size_t total
) {
    if (lines.empty()) return;
    const auto part = lines.size() < total ? fmt::format("（前 {} 行）", lines.size()) : "";
    fmt::format_to(out, "\n{}{}\n", title, part);
    for (const auto& line : lines) {
        fmt::format_to(out, "  {}  {}", place_of(line.row), line.subject);
        std::string_view gap = "  ";
        for (const auto& field : line.fields) {
            if (field.from.empty() && field.to.empty()) continue;
            fmt::format_to(out, "{}{} ", gap, field.field);
            if (!field.from.empty()) fmt::format_to(out, "{} → ", field.from);
            fmt::format_to(out, "{}", field.to);
            gap = "；";
        }
        fmt::format_to(out, "\n");
    }
}

void put_conflicts(buffer out, const import_difference& found) {
    if (found.first_conflicts.empty()) return;
    fmt::format_to(out, "\n冲突 {} 行\n", found.rows_in_conflict);
    for (const auto& one : found.first_conflicts) {
        fmt::format_to(
            out, "  {}  {}：{} [{}]\n", place_of(one.row), one.subject, one.sentence, one.code
        );
    }
    const auto hidden = found.rows_in_conflict - found.first_conflicts.size();
    if (hidden > 0) fmt::format_to(out, "  ……另有 {} 行\n", hidden);
}

void put_faults(buffer out, const fault_list& faults) {
    const auto first = faults.first();
    fmt::format_to(out, "\n错误 {} 处\n", faults.total());
    for (const auto& fault : first) {
        fmt::format_to(
            out,
            "  {}{}{}：{} [{}]\n",
            place_of(fault.row),
            fault.column.empty() ? "" : "  ",
            fault.column,
            fault.sentence,
            fault.code
        );
    }
    const auto hidden = faults.total() - first.size();
    if (hidden > 0) fmt::format_to(out, "  ……另有 {} 处\n", hidden);
}

}  // namespace

std::string to_text(const import_report& report, std::string_view file_name) {
    std::string text;
    const buffer out{text};
    fmt::format_to(out, "导入{}：{}", chinese_name_of(report.kind), file_name);
    if (!report.encoding.empty()) {
        fmt::format_to(out, "（{}，{} 行数据）", report.encoding, report.rows);
    }
    fmt::format_to(out, "\n");
    for (const auto& note : report.notes) fmt::format_to(out, "  {}\n", note);
    if (report.faults.empty()) {
        const auto& found = report.difference;
        put_counts(out, report);
        put_lines(out, "新增", found.first_new, found.rows_new);
        put_lines(out, "变更", found.first_changed, found.rows_changed);
        put_conflicts(out, found);
    } else {
        put_faults(out, report.faults);
    }
    fmt::format_to(out, "\n{}\n", sentence_for(report.outcome));
    if (report.batch_id != 0) {
        fmt::format_to(out, "批次 {}，文件 SHA-256 {}\n", report.batch_id, report.sha256);
    }
    return text;
}

}  // namespace flows
