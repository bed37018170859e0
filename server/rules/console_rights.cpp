#include "server/rules/console_rights.hpp"

#include <algorithm>
#include <array>

namespace rules {
namespace {

constexpr bool yes = true;
constexpr bool no = false;

// Finance moves money; the admin says who works here and what is owed, and moves none; the auditor
// reads. One line an operation: admin, finance, auditor.
// clang-format off
constexpr std::array rights{
    // One's own session and secrets.
    console_right{"signOutOfConsole", yes, yes, yes, console_needs::any_stage},
    console_right{"beginSetup", yes, yes, yes, console_needs::setup_stage},
    console_right{"finishSetup", yes, yes, yes, console_needs::setup_stage},
    console_right{"changeConsolePassword", yes, yes, yes},
    console_right{"beginNewAuthenticator", yes, yes, yes},
    console_right{"finishNewAuthenticator", yes, yes, yes},
    console_right{"listOwnConsoleSessions", yes, yes, yes},
    console_right{"endOtherConsoleSessions", yes, yes, yes},
    console_right{"endOwnConsoleSession", yes, yes, yes},
    // Operators.
    console_right{"listOperators", yes, no, yes},
    console_right{"addOperator", yes, no, no},
    console_right{"changeOperator", yes, no, no},
    console_right{"resetOperator", yes, no, no},
    console_right{"disableOperator", yes, no, no},
    console_right{"enableOperator", yes, no, no},
    console_right{"endSessionsOfOperator", yes, no, no},
    console_right{"listConsoleSessions", yes, no, yes},
    console_right{"endConsoleSession", yes, no, no},
    console_right{"listColleges", yes, yes, yes},
    // Long work of one's own.
    console_right{"listJobs", yes, yes, yes},
    console_right{"getJob", yes, yes, yes},
    console_right{"cancelJob", yes, yes, yes},
    console_right{"getJobFile", yes, yes, yes},
    // The daily close.
    console_right{"getDayCalendar", no, yes, yes},
    console_right{"getDay", no, yes, yes},
    console_right{"runDay", no, yes, no},
    console_right{"fixDifference", no, yes, no},
    console_right{"explainDifference", no, yes, no},
    console_right{"closeDay", no, yes, no},
    console_right{"getBillFile", no, yes, yes},
    // Reports.
    console_right{"reportFees", yes, yes, yes},
    console_right{"reportMoney", no, yes, yes},
    console_right{"reportDebts", yes, yes, yes},
    console_right{"exportOrders", no, yes, yes},
    console_right{"exportFees", yes, yes, yes},
    console_right{"exportMoney", no, yes, yes},
    console_right{"exportDebts", yes, yes, yes},
    // The audit.
    console_right{"searchAudit", yes, no, yes},
    console_right{"verifyAuditChain", yes, no, yes},
    // Orders and refunds.
    console_right{"searchConsoleOrders", no, yes, yes},
    console_right{"getConsoleOrderSums", no, yes, yes},
    console_right{"searchPastedConsoleOrders", no, yes, yes},
    console_right{"listConsoleOrderChoices", no, yes, yes},
    console_right{"getConsoleOrder", no, yes, yes},
    console_right{"askWechatAboutOrder", no, yes, no},
    console_right{"listOrderSearches", no, yes, yes},
    console_right{"saveOrderSearch", no, yes, yes},
    console_right{"changeOrderSearch", no, yes, yes},
    console_right{"deleteOrderSearch", no, yes, yes},
    console_right{"searchConsoleRefunds", no, yes, yes},
    console_right{"askConsoleRefund", no, yes, no},
    console_right{"getConsoleRefund", no, yes, yes},
    console_right{"releaseConsoleRefund", no, yes, no},
    console_right{"rejectConsoleRefund", no, yes, no},
    console_right{"resendConsoleRefund", no, yes, no},
    console_right{"giveUpConsoleRefund", no, yes, no},
    console_right{"checkRefundFile", no, yes, no},
    console_right{"askRefundFile", no, yes, no},
    console_right{"listRefundBatches", no, yes, yes},
    console_right{"getRefundBatch", no, yes, yes},
    console_right{"releaseRefundBatch", no, yes, no},
    console_right{"rejectRefundBatch", no, yes, no},
    console_right{"figureLeaver", no, yes, no},
    console_right{"askLeaverRefunds", no, yes, no},
};
// clang-format on

bool fits(console_needs needs, console_stage stage) {
    if (needs == console_needs::any_stage) return true;
    return (needs == console_needs::setup_stage) == (stage == console_stage::setup);
}

}  // namespace

std::string_view name_of(operator_role role) {
    switch (role) {
        case operator_role::admin:
            return "admin";
        case operator_role::finance:
            return "finance";
        case operator_role::auditor:
            return "auditor";
    }
    return "";
}

std::string_view chinese_name_of(operator_role role) {
    switch (role) {
        case operator_role::admin:
            return "管理员";
        case operator_role::finance:
            return "财务";
        case operator_role::auditor:
            return "审计";
    }
    return "";
}

std::optional<operator_role> role_named(std::string_view name) {
    for (const auto role : {operator_role::admin, operator_role::finance, operator_role::auditor}) {
        if (name == name_of(role)) return role;
    }
    return std::nullopt;
}

std::string_view name_of(console_stage stage) {
    return stage == console_stage::setup ? "setup" : "ready";
}

bool console_right::granted_to(operator_role role) const {
    switch (role) {
        case operator_role::admin:
            return admin;
        case operator_role::finance:
            return finance;
        case operator_role::auditor:
            return auditor;
    }
    return false;
}

std::span<const console_right> console_rights() {
    return rights;
}

const console_right* find_right(std::string_view operation) {
    const auto* found = std::ranges::find(rights, operation, &console_right::operation);
    return found == rights.end() ? nullptr : found;
}

std::vector<std::string> operations_of(operator_role role, console_stage stage) {
    std::vector<std::string> out;
    for (const auto& one : rights) {
        if (one.granted_to(role) && fits(one.needs, stage)) out.emplace_back(one.operation);
    }
    return out;
}

}  // namespace rules
