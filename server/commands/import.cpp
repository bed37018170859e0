#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "db/pool.hpp"
#include "db/url.hpp"
#include "server/base/csv.hpp"
#include "server/base/vault.hpp"
#include "server/commands/command.hpp"
#include "server/commands/people.hpp"
#include "server/flows/import_file.hpp"
#include "server/flows/import_text.hpp"

// campuspay import students|bills|items|adjustments FILE [--dry-run] [--by NAME]
namespace commands {
namespace {

struct import_options {
    flows::import_kind kind = flows::import_kind::students;
    std::string file;
    std::string made_by;
    bool dry_run = false;
};

int code_for(flows::import_outcome outcome) {
    switch (outcome) {
        case flows::import_outcome::refused_faults:
        case flows::import_outcome::refused_conflicts:
            return 1;
        case flows::import_outcome::shown:
        case flows::import_outcome::written:
        case flows::import_outcome::unchanged:
            return 0;
    }
    return 3;
}

// Answers false when the file cannot be opened, which is a matter of usage; a file that is too
// large is an answer like any other.
bool read_file(const import_options& options, std::string& bytes, int& exit_code) {
    try {
        bytes = base::read_csv_bytes(options.file);
        return true;
    } catch (const base::csv_refusal& no) {
        fmt::print(stderr, "{}：{} [{}]\n", options.file, no.message(), no.code());
        exit_code = no.code() == "file_unreadable" ? 2 : 1;
        return false;
    }
}

void run(const import_options& options, command_context& context) {
    std::string bytes;
    if (!read_file(options, bytes, context.exit_code)) return;
    const auto& conf = context.conf();
    const base::vault vault{conf.security.master_key};
    db::pool_options pool_options;
    pool_options.where = db::parse_url(conf.database.url.reveal());
    pool_options.size = 1;
    db::pool pool{std::move(pool_options)};
    flows::import_parts parts{pool, vault, {}};
    for (const auto& merchant : conf.merchants) parts.mch_ids.push_back(merchant.mch_id);

    flows::import_request request{
        options.kind,
        std::move(bytes),
        options.dry_run,
        options.made_by.empty() ? who_runs_this() : options.made_by};
    const auto report = flows::import_file(parts, std::move(request));
    const auto name = std::filesystem::path{options.file}.filename().string();
    fmt::print("{}", flows::to_text(report, name));
    context.exit_code = code_for(report.outcome);
}

void add_kind(
    CLI::App& to, flows::import_kind kind, const std::string& columns, command_context& context
) {
    const auto name = std::string{flows::name_of(kind)};
    const auto title = "导入" + std::string{flows::chinese_name_of(kind)};
    auto* command = to.add_subcommand(name, title + "（列：" + columns + "）");
    auto options = std::make_shared<import_options>();
    options->kind = kind;
    command->add_option("FILE", options->file, "CSV 文件")->required();
    command->add_flag("--dry-run", options->dry_run, "只显示将要发生的变化，不写入");
    command->add_option("--by", options->made_by, "经办人，记入批次与审计（默认为当前系统用户）")
        ->check(flaw_of_name);
    command->callback([options, &context] { run(*options, context); });
}

}  // namespace

void add_import_command(CLI::App& app, command_context& context) {
    auto* import =
        app.add_subcommand("import", "从 CSV 文件导入（全部写入或全不写入，可重复执行）");
    import->require_subcommand(1);
    add_kind(
        *import,
        flows::import_kind::students,
        "学号 姓名 证件号码 性别 手机号 学院 专业 班级 年级 学生类别 学籍状态",
        context
    );
    add_kind(
        *import,
        flows::import_kind::bills,
        "学号和/或证件号码 姓名 收费区间 收费项目 应缴金额 截止日期",
        context
    );
    add_kind(
        *import,
        flows::import_kind::items,
        "项目名称 类别 商户号 必缴 顺序 开放日期 截止日期 允许部分缴费",
        context
    );
    add_kind(
        *import,
        flows::import_kind::adjustments,
        "学号和/或证件号码 姓名 收费区间 收费项目 类型（减免、补收、缓缴、助学贷款） 金额 截止日期 "
        "原因 文号",
        context
    );
}

}  // namespace commands
