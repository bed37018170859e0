#include "server/flows/import_report.hpp"

#include <iterator>

namespace flows {

std::string_view name_of(import_kind kind) {
    switch (kind) {
        case import_kind::students:
            return "students";
        case import_kind::bills:
            return "bills";
        case import_kind::items:
            return "items";
        case import_kind::adjustments:
            return "adjustments";
    }
    return "";
}

std::string_view chinese_name_of(import_kind kind) {
    switch (kind) {
        case import_kind::students:
            return "学生";
        case import_kind::bills:
            return "应缴费用";
        case import_kind::items:
            return "收费项目";
        case import_kind::adjustments:
            return "减免与缓缴";
    }
    return "";
}

void fault_list::add(import_fault fault) {
    ++total_;
    const auto row = fault.row;
    if (kept_.size() >= kept_max && row >= std::prev(kept_.end())->first) return;
    kept_.emplace(row, std::move(fault));
    if (kept_.size() > kept_max) kept_.erase(std::prev(kept_.end()));
}

std::vector<import_fault> fault_list::first() const {
    std::vector<import_fault> out;
    for (const auto& [row, fault] : kept_) out.push_back(fault);
    return out;
}

void import_difference::add_conflict(import_conflict conflict) {
    ++rows_in_conflict;
    if (first_conflicts.size() < conflicts_kept_max) first_conflicts.push_back(std::move(conflict));
}

}  // namespace flows
