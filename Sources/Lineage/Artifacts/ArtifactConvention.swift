/// Kinds of directories that carry no `hfs.artifact`: by their place below `/Projects/<project>`.
///
/// | directory | kind |
/// | --- | --- |
/// | `/Projects/<p>` | project |
/// | `FeatureStore/<name>`, `FeatureStore/<name>/<number>` | feature group |
/// | `TrainingDatasets/<name>`, `TrainingDatasets/<name>/<number>` | training dataset |
/// | `Models/<name>`, `Models/<name>/<number>` | model |
/// | `Experiments/<name>` | experiment |
/// | `trials/<name>` in an experiment | trial |
/// | `checkpoints/<name>` in an experiment or model | checkpoint |
/// | `tensorboard` in an experiment | TensorBoard run |
/// | `Logs/<name>` | log |
package enum ArtifactConvention {
    /// The kind of the directory that the components lead to; nil for a plain one.
    package static func kind(of components: ArraySlice<String>) -> ArtifactKind? {
        let first = components.startIndex
        guard components.count >= 2, components[first] == "Projects" else { return nil }
        guard components.count > 2 else { return .project }
        guard components.count > 3 else { return nil }
        let area = components[first + 2]
        switch area {
        case "FeatureStore": return versioned(.featureGroup, components)
        case "TrainingDatasets": return versioned(.trainingDataset, components)
        case "Models": return versioned(.model, components) ?? nested(components)
        case "Experiments": return components.count == 4 ? .experiment : nested(components)
        case "Logs": return components.count == 4 ? .log : nil
        default: return nil
        }
    }

    /// Whether something below a directory may be of another kind after the directory's move. A project's own name is none
    /// of the convention's business.
    package static func mayDiffer(_ from: String, _ to: String) -> Bool {
        let (before, after) = (placeInProject(from), placeInProject(to))
        return before != after && (before != nil || after != nil)
    }

    private static func placeInProject(_ path: String) -> ArraySlice<Substring>? {
        let components = path.split(separator: "/")
        return components.first == "Projects" ? components.dropFirst(2) : nil
    }

    /// `<area>/<name>` and `<area>/<name>/<number>`.
    private static func versioned(_ kind: ArtifactKind, _ components: ArraySlice<String>) -> ArtifactKind? {
        switch components.count {
        case 4: kind
        case 5: components[components.endIndex - 1].utf8.allSatisfy { (48...57).contains($0) } ? kind : nil
        default: nil
        }
    }

    private static func nested(_ components: ArraySlice<String>) -> ArtifactKind? {
        guard components.count > 4 else { return nil }
        let area = components[components.startIndex + 2]
        switch components[components.endIndex - 2] {
        case "checkpoints": return .checkpoint
        case "trials": return area == "Experiments" ? .trial : nil
        default: break
        }
        return area == "Experiments" && components[components.endIndex - 1] == "tensorboard" ? .tensorBoardRun : nil
    }
}
