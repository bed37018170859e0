#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Which operator may do what: one table, by the operationId of openapi.yaml, where `x-roles` says
// the same (tests/rules/console_rights_test.cpp compares them).
namespace rules {

enum class operator_role { admin, finance, auditor };

std::string_view name_of(operator_role role);
// 管理员, 财务, 审计.
std::string_view chinese_name_of(operator_role role);
std::optional<operator_role> role_named(std::string_view name);

// How far a signed-in operator has come.
enum class console_stage {
    setup,  // with the initial password: an own one and an authenticator come first
    ready,
};

std::string_view name_of(console_stage stage);

enum class console_needs {
    any_stage,
    setup_stage,  // ... and only there
    ready_stage,
};

struct console_right {
    std::string_view operation;
    bool admin = false;
    bool finance = false;
    bool auditor = false;
    console_needs needs = console_needs::ready_stage;

    bool granted_to(operator_role role) const;
};

std::span<const console_right> console_rights();

// nullptr: no operation of the console that needs an operator.
const console_right* find_right(std::string_view operation);

// What pages may offer.
std::vector<std::string> operations_of(operator_role role, console_stage stage);

}  // namespace rules
