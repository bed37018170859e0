#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "server/base/beijing.hpp"
#include "server/base/error.hpp"
#include "server/commands/command.hpp"
#include "server/commands/people.hpp"
#include "server/flows/operators.hpp"

// campuspay operator add NAME --role ROLE [--display NAME] [--college COLLEGE]… | list
//                    | reset NAME | disable NAME | enable NAME
// The first operator is made here; whoever may run this on the machine is above every role.
namespace commands {
namespace {

struct operator_options {
    std::string name;
    std::string role;
    std::string display;
    std::vector<std::string> colleges;
    std::string by;
};

flows::console_visitor who(const operator_options& options) {
    flows::console_visitor out;
    out.actor = "command:" + (options.by.empty() ? who_runs_this() : options.by);
    return out;
}

std::string state_of(const db::operator_row& one) {
    if (one.disabled) return "停用";
    return one.password_must_change ? "待首次登录" : "正常";
}

void print(const flows::operator_facts& one) {
    const auto& row = one.row;
    std::cout << row.name << "  " << row.display_name << "  " << rules::chinese_name_of(row.role)
              << "  " << state_of(row);
    for (const auto& college : row.scope.colleges) std::cout << "  " << college;
    if (row.signed_in_at) std::cout << "  最近登录 " << base::to_minute_text(*row.signed_in_at);
    std::cout << "\n";
}

void print(const flows::operator_with_password& made) {
    print(made.facts);
    std::cout << "初始密码 " << made.initial_password << "\n"
              << "只显示这一次。首次登录后须设置本人密码并绑定动态口令。\n";
}

base::task<std::int64_t> id_of(flows::parts& with, const std::string& name) {
    const auto found = co_await flows::find_operator_named(with, name);
    if (!found) throw base::error{base::errc::operator_not_found};
    co_return found->id;
}

base::task<void> add(flows::parts& with, const operator_options& options) {
    rules::operator_form form;
    form.display_name = options.display.empty() ? options.name : options.display;
    form.role = rules::role_named(options.role).value_or(form.role);
    form.colleges = options.colleges;
    const auto by = who(options);
    const auto made = co_await flows::add_operator(with, by, options.name, form);
    print(made);
}

base::task<void> list(flows::parts& with, const operator_options&) {
    const auto found = co_await flows::list_operators(with);
    for (const auto& one : found) print(one);
}

// Even the only admin: he may have lost his phone.
base::task<void> reset(flows::parts& with, const operator_options& options) {
    const auto id = co_await id_of(with, options.name);
    const auto by = who(options);
    const auto made = co_await flows::reset_operator(with, by, id, true);
    print(made);
}

base::task<void> set_disabled(flows::parts& with, const operator_options& options, bool disabled) {
    const auto id = co_await id_of(with, options.name);
    const auto by = who(options);
    const auto now = co_await flows::set_operator_disabled(with, by, id, disabled);
    print(now);
}

base::task<void> disable(flows::parts& with, const operator_options& options) {
    co_await set_disabled(with, options, true);
}

base::task<void> enable(flows::parts& with, const operator_options& options) {
    co_await set_disabled(with, options, false);
}

using act = base::task<void> (*)(flows::parts&, const operator_options&);

// What a person can put right is said and ends with 1; the rest is main's matter.
int run(const base::conf& conf, const operator_options& options, act what) {
    const auto flaw = options.by.empty() ? std::string{} : flaw_of_name(options.by);
    if (!flaw.empty()) {
        std::cerr << flaw << "\n";
        return 2;
    }
    try {
        play(conf, [&](flows::parts& with) { return what(with, options); });
        return 0;
    } catch (const base::error& no) {
        if (no.face().http_status >= 500) throw;
        std::cerr << no.message() << " [" << no.face().code << "]\n";
        return 1;
    }
}

}  // namespace

void add_operator_command(CLI::App& app, command_context& context) {
    auto* command = app.add_subcommand("operator", "管理后台的操作员");
    command->require_subcommand(1);
    auto options = std::make_shared<operator_options>();
    const auto sub = [&](const char* name, const char* help, act what) {
        auto* made = command->add_subcommand(name, help);
        made->add_option("--by", options->by, "经办人，默认为系统用户名");
        made->callback([&context, options, what] {
            context.exit_code = run(context.conf(), *options, what);
        });
        return made;
    };
    const auto with_name = [&](CLI::App* made) {
        made->add_option("NAME", options->name, "登录名")->required();
        return made;
    };
    auto* adding = with_name(sub("add", "新增一人，显示初始密码", add));
    adding->add_option("--role", options->role, "admin 管理员，finance 财务，auditor 审计")
        ->required()
        ->check(CLI::IsMember({"admin", "finance", "auditor"}));
    adding->add_option("--display", options->display, "姓名，默认为登录名");
    adding->add_option("--college", options->colleges, "只负责这个学院，可重复；不写为全校");
    sub("list", "列出所有人", list);
    with_name(sub("reset", "重发初始密码，动态口令须重新绑定", reset));
    with_name(sub("disable", "停用，立即退出", disable));
    with_name(sub("enable", "重新启用", enable));
}

}  // namespace commands
