#include <fstream>
#include <iostream>
#include <iterator>

#include <CLI/CLI.hpp>

#include "server/base/error.hpp"
#include "server/commands/command.hpp"
#include "server/flows/publish_menu.hpp"

namespace commands {
namespace {

std::string content_of(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) throw base::error{base::errc::conf_invalid, "cannot read " + path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void print(const std::vector<std::string>& sentences) {
    for (const auto& one : sentences) std::cout << "  " << one << "\n";
}

std::string_view headline_of(flows::publish_result result) {
    switch (result) {
        case flows::publish_result::published:
            return "菜单已发布，读回核对一致";
        case flows::publish_result::not_valid:
            return "菜单不符合微信的规则，没有发送";
        case flows::publish_result::refused:
            return "微信拒绝了这份菜单";
        case flows::publish_result::unknown:
            return "微信没有明确答复，请稍后用 menu show 核对";
        case flows::publish_result::differs:
            return "菜单已提交，但公众号上的菜单与文件不同";
    }
    return "";
}

int publish(const base::conf& conf, const std::string& file) {
    flows::publish_report report;
    const auto body = content_of(file);
    play(conf, [&](flows::parts& with) -> base::task<void> {
        report = co_await flows::publish_menu(with, body, "command:menu");
    });
    std::cout << headline_of(report.result) << "\n";
    if (!report.code.empty()) std::cout << "  微信错误码 " << report.code << "\n";
    print(report.sentences);
    return report.result == flows::publish_result::published ? 0 : 1;
}

int show(const base::conf& conf, const std::string& file) {
    flows::live_menu_report report;
    const auto body = content_of(file);
    play(conf, [&](flows::parts& with) -> base::task<void> {
        report = co_await flows::compare_menu(with, body);
    });
    if (report.known && report.sentences.empty()) std::cout << "公众号上的菜单与文件一致\n";
    print(report.sentences);
    return report.known && report.sentences.empty() ? 0 : 1;
}

}  // namespace

void add_menu_command(CLI::App& app, command_context& context) {
    auto* menu = app.add_subcommand("menu", "The menu of the official account");
    menu->require_subcommand(1);
    static std::string file = "conf/menu.json";
    auto* out = menu->add_subcommand("publish", "Send the menu, read it back and compare");
    out->add_option("FILE", file, "menu as WeChat spells it; ${public_url} stands for ours");
    out->callback([&context] { context.exit_code = publish(context.conf(), file); });
    auto* in = menu->add_subcommand("show", "Compare the live menu with the file");
    in->add_option("FILE", file, "menu to compare with");
    in->callback([&context] { context.exit_code = show(context.conf(), file); });
}

}  // namespace commands
