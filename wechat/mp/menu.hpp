#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/task.hpp"
#include "wechat/call.hpp"
#include "wechat/mp/api.hpp"

namespace wechat::mp {

struct menu_button {
    std::string name;
    std::string type;  // "" for a parent
    std::string key;
    std::string url;
    std::string app_id;
    std::string page_path;
    std::string media_id;
    std::string article_id;
    std::string value;  // of website-made types; cannot be sent back
    std::vector<menu_button> sub_buttons;
};

struct menu {
    std::vector<menu_button> buttons;
};

// {"button":[…]}, also with sub_button as array or {"list":[…]}, also wrapped as {"menu":…}.
// nullopt: not JSON of that form.
std::optional<menu> read_menu(std::string_view json);
// The bytes for menu/create: raw UTF-8, nothing escaped that need not be.
std::string write_menu(const menu& wanted);

enum class menu_problem_level { error, warning };

struct menu_problem {
    menu_problem_level level;
    std::string where;     // "第2个菜单" or "第2个菜单的第1个子菜单"
    std::string sentence;  // Chinese
};

// Counts bytes as the platform does. hosts: where view buttons may lead ("pay.example.edu.cn",
// "127.0.0.1:8080"); empty: anywhere. http is accepted for loopback hosts only.
std::vector<menu_problem> check_menu(const menu& wanted, const std::vector<std::string>& hosts);
bool may_be_published(const std::vector<menu_problem>& problems);

// Sends exactly these bytes; replaces the whole menu.
base::task<call_result<nothing>> create_menu(api& calls, std::string exact_bytes);
// done with nullopt: there is no menu made by the API.
base::task<call_result<std::optional<menu>>> get_menu(api& calls);
// Also removes all conditional menus. Not needed before create_menu.
base::task<call_result<nothing>> delete_menu(api& calls);

struct live_menu {
    bool open = false;
    menu shown;
    std::vector<std::string> website_made;  // names of buttons that cannot be edited here
};

base::task<call_result<live_menu>> get_live_menu(api& calls);
std::optional<live_menu> read_live_menu(std::string_view json);

// Button by button; one readable Chinese line per difference, empty when equal.
std::vector<std::string> differences(const menu& wanted, const menu& found);

}  // namespace wechat::mp
