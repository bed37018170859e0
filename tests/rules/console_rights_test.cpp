#include "server/rules/console_rights.hpp"

#include <fstream>
#include <map>
#include <set>
#include <string>

#include <doctest/doctest.h>

using rules::operator_role;

namespace {

// operationId → the roles of its x-roles, as openapi.yaml writes them: one line each.
std::map<std::string, std::string> roles_in_document() {
    std::ifstream in{std::string{CAMPUS_SCHEMA_DIR} + "/../../server/routes/openapi.yaml"};
    std::map<std::string, std::string> out;
    std::string operation;
    const std::string id_sign = "      operationId: ";
    const std::string roles_sign = "      x-roles: ";
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(id_sign)) operation = line.substr(id_sign.size());
        if (line.starts_with(roles_sign)) out[operation] = line.substr(roles_sign.size());
    }
    return out;
}

std::string written(const rules::console_right& right) {
    std::string out;
    for (const auto role : {operator_role::admin, operator_role::finance, operator_role::auditor}) {
        if (!right.granted_to(role)) continue;
        out += (out.empty() ? "" : ", ") + std::string{rules::name_of(role)};
    }
    return "[" + out + "]";
}

}  // namespace

TEST_CASE("the table of rights and the document say the same") {
    const auto document = roles_in_document();
    REQUIRE(document.size() > 20);
    std::map<std::string, std::string> table;
    for (const auto& one : rules::console_rights()) {
        CAPTURE(one.operation);
        CHECK(table.emplace(one.operation, written(one)).second);
    }
    for (const auto& [operation, roles] : document) {
        CAPTURE(operation);
        CHECK(table[operation] == roles);
    }
    for (const auto& [operation, roles] : table) {
        CAPTURE(operation);
        CHECK(document.count(operation) == 1);
    }
}

TEST_CASE("every operation is granted to somebody, and the auditor changes nothing of others") {
    const std::set<std::string> own{
        "signOutOfConsole",
        "beginSetup",
        "cancelJob",
        "finishSetup",
        "changeConsolePassword",
        "beginNewAuthenticator",
        "finishNewAuthenticator",
        "endOtherConsoleSessions",
        "endOwnConsoleSession",
        "saveOrderSearch",
        "changeOrderSearch",
        "deleteOrderSearch"};
    for (const auto& one : rules::console_rights()) {
        CAPTURE(one.operation);
        CHECK((one.admin || one.finance || one.auditor));
        if (!one.auditor || own.count(std::string{one.operation}) == 1) continue;
        const bool reads =
            one.operation.starts_with("list") || one.operation.starts_with("get") ||
            one.operation.starts_with("search") || one.operation.starts_with("verify") ||
            one.operation.starts_with("report") || one.operation.starts_with("export");
        CHECK(reads);
    }
}

TEST_CASE("while setting up, nothing else is offered") {
    const auto setup = rules::operations_of(operator_role::admin, rules::console_stage::setup);
    CHECK(setup == std::vector<std::string>{"signOutOfConsole", "beginSetup", "finishSetup"});
    const auto ready = rules::operations_of(operator_role::finance, rules::console_stage::ready);
    const std::set<std::string> all{ready.begin(), ready.end()};
    CHECK(all.count("beginSetup") == 0);
    CHECK(all.count("changeConsolePassword") == 1);
    CHECK(all.count("addOperator") == 0);
    CHECK(rules::find_right("noSuchOperation") == nullptr);
}
