"""World questions: who, where, doing what, holding what, in what light and weather, seen how."""
